#include <algorithm>

#include "libpaas/adapters/host/git_source.hpp"
#include "libpaas/base/text.hpp"

namespace paas::host {
namespace {

constexpr std::size_t longest_location = 2'000;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
}

// git-check-ref-format(1), and a little stricter.
bool is_branch(std::string_view name) {
  const auto parts = split(name, '/');
  const bool parts_fine = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() && !part.starts_with('.') && !part.starts_with('-') &&
           !part.ends_with('.') && !part.ends_with(".lock") &&
           part.find("..") == std::string_view::npos && part.find("@{") == std::string_view::npos &&
           part.find_first_of("~^:?*[\\\"'") == std::string_view::npos;
  });
  return parts_fine && name.size() <= 250 && is_plain(name);
}

bool is_path(std::string_view path) {
  const auto parts = split(path, '/');
  return is_plain(path) && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part != "." && part != "..";
         });
}

// "user@host:path": no "/" before the ':'.
bool is_scp_like(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && colon != std::string_view::npos && at < colon && at > 0 &&
         text.find('/') > colon && colon + 1 < text.size() && !text.starts_with('-');
}

}  // namespace

Result<std::optional<GitLocation>> parse_git_location(std::string_view text) {
  std::string_view rest = text;
  const bool marked = rest.starts_with("git+");
  if (marked) rest.remove_prefix(4);
  const std::size_t scheme_end = rest.find("://");
  const bool has_scheme =
      scheme_end != std::string_view::npos && scheme_end < rest.find('/') && scheme_end > 0;
  if (!has_scheme && !is_scp_like(rest)) {
    if (!marked) return std::optional<GitLocation>();
    return fail(Errc::invalid, "what follows \"git+\" is no URL");
  }
  if (text.size() > longest_location || !is_plain(rest)) {
    return fail(Errc::invalid, "the git URL has blanks or control characters, or is too long");
  }
  const std::string_view scheme = has_scheme ? rest.substr(0, scheme_end) : "ssh";
  static constexpr std::string_view schemes[] = {"http", "https", "ssh", "git", "file"};
  if (std::find(std::begin(schemes), std::end(schemes), scheme) == std::end(schemes)) {
    return fail(Errc::invalid, excerpt(scheme, 32) + " is none of http, https, ssh, git and file");
  }
  GitLocation out;
  if (const std::size_t hash = rest.find('#'); hash != std::string_view::npos) {
    out.branch = rest.substr(hash + 1);
    rest = rest.substr(0, hash);
    if (!is_branch(out.branch)) {
      return fail(Errc::invalid, excerpt(out.branch, 100) + " behind '#' is no name of a branch");
    }
  }
  const std::size_t begin = has_scheme ? scheme_end + 3 : 0;
  if (const std::size_t inside = rest.find("//", begin); inside != std::string_view::npos) {
    out.path = rest.substr(inside + 2);
    rest = rest.substr(0, inside);
    if (!is_path(out.path)) {
      return fail(Errc::invalid,
                  excerpt(out.path, 100) + " behind \"//\" is no path in a repository");
    }
  }
  if (rest.size() <= begin) return fail(Errc::invalid, "the git URL names no repository");
  out.url = rest;
  const std::size_t at = rest.find('@', begin);
  if (scheme.starts_with("http") && at < rest.find('/', begin)) {
    const auto decoded = percent_decode(rest.substr(begin, at - begin));
    if (!decoded) return fail(Errc::invalid, "the credentials in the git URL are badly encoded");
    out.credentials = *decoded;
    out.url = std::string(rest.substr(0, begin)) + std::string(rest.substr(at + 1));
  }
  return std::optional<GitLocation>(std::move(out));
}

}  // namespace paas::host
