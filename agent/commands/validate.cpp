#include "agent/commands/validate.hpp"

#include <algorithm>

#include "agent/input.hpp"
#include "agent/usage.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/blueprint/host.hpp"

namespace paas::agent::commands {
namespace {

const Usage& validate_usage() {
  static const Usage usage = {
      "validate [flags] FILE...",
      "Says all that is wrong with files that declare apps, each with file, line and column. "
      "Several "
      "files\ncount as one, as those of a folder do. Nothing is done.",
      "0 nothing is wrong, 1 something is, or a file cannot be read, 2 the command line is wrong",
      {{"--host-file", "FILE", "also judge what the files ask of the host by this host file"},
       {"--json", "", "one JSON object: valid, apps, jobs, flaws"},
       help_flag},
      "FILE is YAML or JSON (docs/formats/apps.schema.json), or - for standard input."};
  return usage;
}

// How many things each list of a file declares.
std::size_t count_in(const Document& document, std::string_view list) {
  const auto* member = document.find(list);
  const auto* items = member == nullptr ? nullptr : member->value.list();
  return items == nullptr ? 0 : items->size();
}

// A path in all files as one ("apps[5].image"), as that of the file in which it stands.
Flaw placed_flaw(const blueprint::Mistake& mistake, const std::vector<blueprint::Source>& sources,
                 const std::vector<Document>& documents) {
  const auto open = mistake.path.find('['), close = mistake.path.find(']');
  const std::string list = mistake.path.substr(0, open);
  auto index = open == mistake.path.npos || close == mistake.path.npos
                   ? std::optional<std::size_t>()
                   : parse_integer<std::size_t>(
                         std::string_view(mistake.path).substr(open + 1, close - open - 1));
  for (std::size_t i = 0; index && i < documents.size(); ++i) {
    const std::size_t here = count_in(documents[i], list);
    if (*index < here) {
      const std::string path = item_path(list, *index) + mistake.path.substr(close + 1);
      return {sources[i].file, place_of(documents[i], path), path, mistake.message};
    }
    *index -= here;
  }
  return {sources.front().file, {}, mistake.path, mistake.message};
}

// What the host does not allow, and what is wrong with its file.
Flaws host_flaws(const model::Blueprint& blueprint, const std::vector<blueprint::Source>& sources,
                 const std::string& text, const std::string& file) {
  const auto rules = blueprint::parse_host_rules(text, file);
  if (!rules) return rules.error();
  std::vector<Document> documents;
  for (const blueprint::Source& source : sources) {
    documents.push_back(parse_document(source.text, source.file).value_or(Document()));
  }
  Flaws out;
  for (const blueprint::Mistake& mistake : blueprint::breaches(blueprint, *rules)) {
    out.push_back(placed_flaw(mistake, sources, documents));
  }
  return out;
}

Json flaws_json(const Flaws& flaws) {
  Json::Array out;
  for (const Flaw& flaw : flaws) {
    out.push_back(Json::Object{{"file", flaw.file},
                               {"line", flaw.place.line},
                               {"column", flaw.place.column},
                               {"path", flaw.path},
                               {"message", flaw.message}});
  }
  return out;
}

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

int tell(const Invocation& invocation, bool as_json, const model::Blueprint& blueprint,
         const Flaws& flaws) {
  if (as_json) {
    invocation.out << pretty_json(Json::Object{{"valid", flaws.empty()},
                                               {"apps", blueprint.apps.size()},
                                               {"jobs", blueprint.jobs.size()},
                                               {"flaws", flaws_json(flaws)}});
  } else if (flaws.empty()) {
    invocation.out << counted(blueprint.apps.size(), "app") << " and "
                   << counted(blueprint.jobs.size(), "job") << ", nothing is wrong\n";
  } else {
    for (const Flaw& flaw : flaws) invocation.err << describe(flaw) << "\n";
  }
  return flaws.empty() ? done : failed;
}

}  // namespace

int validate(const Invocation& invocation) {
  const auto arguments = understood(invocation, validate_usage(), {1, 10'000});
  if (!arguments) return arguments.error();
  std::vector<std::string> files = arguments->words();
  std::sort(files.begin(), files.end());
  std::vector<blueprint::Source> sources;
  for (const std::string& file : files) {
    auto text = read_text(invocation, file);
    if (!text) {
      invocation.err << "paas-agent: " << text.error().message << "\n";
      return failed;
    }
    sources.push_back({shown_name(file), *std::move(text)});
  }
  const bool as_json = arguments->has("--json");
  const auto blueprint = blueprint::parse_all(sources);
  if (!blueprint) return tell(invocation, as_json, {}, blueprint.error());
  const auto host_file = arguments->value("--host-file");
  if (!host_file) return tell(invocation, as_json, *blueprint, {});
  const auto rules = read_text(invocation, *host_file);
  if (!rules) {
    invocation.err << "paas-agent: " << rules.error().message << "\n";
    return failed;
  }
  return tell(invocation, as_json, *blueprint,
              host_flaws(*blueprint, sources, *rules, shown_name(*host_file)));
}

}  // namespace paas::agent::commands
