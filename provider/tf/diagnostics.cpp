#include "provider/tf/diagnostics.hpp"

#include <algorithm>

#include "libpaas/base/json.hpp"
#include "libpaas/base/overload.hpp"

namespace paas::tf {

std::string to_text(const Path& path) {
  std::string text;
  for (const PathStep& step : path.steps())
    std::visit(Overload{
                   [&](const AttributeName& s) {
                     if (!text.empty()) text += '.';
                     text += s.name;
                   },
                   [&](const MapKey& s) { text += '[' + print_json(Json(s.key)) + ']'; },
                   [&](const ListIndex& s) { text += '[' + std::to_string(s.index) + ']'; },
               },
               step);
  return text;
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

Diagnostic error_at(Path path, std::string summary, std::string detail) {
  return {Severity::error, std::move(summary), std::move(detail), std::move(path)};
}

Diagnostic warning_at(Path path, std::string summary, std::string detail) {
  return {Severity::warning, std::move(summary), std::move(detail), std::move(path)};
}

Diagnostic diagnostic_of(const Error& error, std::string summary, Path path) {
  std::string detail = describe(error);
  if (!error.remedy.empty()) detail += "\n\n" + error.remedy;
  return error_at(std::move(path), std::move(summary), std::move(detail));
}

}  // namespace paas::tf
