#pragma once
// The file in which a person declares apps and jobs (docs/formats/apps.schema.json): read, judged
// and written back.

#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/document.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/model/app.hpp"

#pragma GCC visibility push(default)
namespace paas {
class FieldReader;
}
namespace paas::blueprint {

// YAML or JSON. All that is wrong at once, each with file, line and column: fields nobody knows,
// values of another kind, and what mistakes() finds.
//
// A file that says nothing of `apps` is refused, however good the rest: only an explicit `apps: []`
// means that none shall run.
Checked<model::Blueprint> parse(std::string_view text, std::string_view file);

// Several files as one blueprint, in the order of their names; names must be unique over all.
struct Source {
  std::string file;
  std::string text;
};
Checked<model::Blueprint> parse_all(const std::vector<Source>& sources);

// What is wrong with a blueprint: an attribute path ("apps[1].ports[0].container") and why.
struct Mistake {
  std::string path;
  std::string message;
  bool operator==(const Mistake&) const = default;
};
std::vector<Mistake> mistakes(const model::Blueprint& blueprint);

// The JSON that parse() reads as the same blueprint; what is as by default is left out.
Json to_json(const model::Blueprint& blueprint);
// Of one container alone: what its release hash is made of.
Json to_json(const model::Container& container);
Json to_json(const model::Update& update);
// The parts of the file that others keep, too: what to_json() wrote. Judge with mistakes().
void read_container(FieldReader& in, model::Container& out);
void read_update(FieldReader& in, model::Update& out);

// Of a DNS label: a-z, 0-9 and '-' inside, 1..63 bytes (RFC 1123, section 2.1).
bool is_label(std::string_view name);

}  // namespace paas::blueprint
#pragma GCC visibility pop
