// paas-docs FOLDER: writes the registry pages that follow from the provider's schemas.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "libpaas/adapters/system_clock.hpp"
#include "libpaas/adapters/system_files.hpp"
#include "libpaas/adapters/system_random.hpp"
#include "provider/provider.hpp"
#include "provider/tf/docs.hpp"

namespace {

using namespace paas;
namespace fs = std::filesystem;

// Examples are files of the repository, so that tests can run them.
std::string example(const fs::path& file) {
  std::ifstream in(fs::path("examples") / file);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool write_page(const fs::path& file, const std::string& text) {
  std::error_code unwritable;
  fs::create_directories(file.parent_path(), unwritable);
  std::ofstream out(file, std::ios::trunc);
  out << text;
  return static_cast<bool>(out.flush());
}

std::vector<std::pair<tf::Page, const tf::Schema*>> pages(const tf::Provider& provider) {
  std::vector<std::pair<tf::Page, const tf::Schema*>> all;
  all.push_back({{.kind = tf::PageKind::provider,
                  .provider = "paas",
                  .name = "paas",
                  .example = example("provider/provider.tf")},
                 &provider.schema()});
  for (const auto& resource : provider.resources()) {
    const fs::path folder = fs::path("resources") / resource->name();
    tf::Page page{.kind = tf::PageKind::resource,
                  .provider = "paas",
                  .name = resource->name(),
                  .example = example(folder / "resource.tf")};
    page.import.id = example(folder / "import-id.txt");
    while (!page.import.id.empty() && page.import.id.back() == '\n') page.import.id.pop_back();
    page.import.schema = resource->identity();
    all.push_back({std::move(page), &resource->schema()});
  }
  for (const auto& source : provider.data_sources()) {
    const fs::path folder = fs::path("data-sources") / source->name();
    all.push_back({{.kind = tf::PageKind::data_source,
                    .provider = "paas",
                    .name = source->name(),
                    .example = example(folder / "data-source.tf")},
                   &source->schema()});
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: paas-docs FOLDER (from the top of the repository)\n", stderr);
    return 2;
  }
  const auto clock = make_system_clock();
  const auto random = make_system_random();
  const auto files = make_system_files();
  const auto provider =
      provider::make_provider({{*clock, *random, *files, silent_log()}, Environment{}, {}});
  for (const auto& [page, schema] : pages(*provider)) {
    const fs::path file = fs::path(argv[1]) / tf::page_path(page);
    if (write_page(file, tf::page_text(page, *schema))) continue;
    std::fprintf(stderr, "paas-docs: unable to write %s\n", file.c_str());
    return 1;
  }
  return 0;
}
