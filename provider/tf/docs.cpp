#include "provider/tf/docs.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::tf {
namespace {

std::string_view kind_word(PageKind kind) {
  switch (kind) {
    case PageKind::provider:
      return "Provider";
    case PageKind::resource:
      return "Resource";
    case PageKind::data_source:
      return "Data Source";
    case PageKind::ephemeral:
      return "Ephemeral Resource";
    case PageKind::list_resource:
      return "List Resource";
    case PageKind::action:
      return "Action";
  }
  return "";
}

std::string_view page_folder(PageKind kind) {
  switch (kind) {
    case PageKind::provider:
      return "";
    case PageKind::resource:
      return "resources/";
    case PageKind::data_source:
      return "data-sources/";
    case PageKind::ephemeral:
      return "ephemeral-resources/";
    case PageKind::list_resource:
      return "list-resources/";
    case PageKind::action:
      return "actions/";
  }
  return "";
}

// The first sentence, on one line and without Markdown's marks.
std::string first_sentence(std::string_view text) {
  std::string sentence;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' && text.substr(i, 2) == "\n\n") break;
    if (c != '`' && c != '*') sentence += c == '\n' ? ' ' : c;
    const bool ends =
        c == '.' && (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n');
    if (ends) break;
  }
  return sentence;
}

std::string quoted_title(const std::string& title) {
  return '"' + title + '"';
}

std::string front_matter(const std::string& title, const std::string& subcategory, bool index,
                         const std::string& description) {
  std::string text = "---\npage_title: " + quoted_title(title) + "\n";
  if (!index) text += "subcategory: " + quoted_title(subcategory) + "\n";
  return text + "description: |-\n  " + first_sentence(description) + "\n---\n\n";
}

std::string fenced(std::string_view language, std::string_view code) {
  return "```" + std::string(language) + "\n" + std::string(trim(code)) + "\n```\n\n";
}

// One paragraph of an item: line breaks would end it.
std::string one_line_doc(std::string_view text) {
  std::string line;
  for (const std::string_view word : words(text))
    line += (line.empty() ? "" : " ") + std::string(word);
  if (!line.empty() && line.back() != '.') line += '.';
  return line;
}

std::string nested_words(const Attribute& a) {
  const std::string kind = a.is(Trait::block) ? "Block" : "Attributes";
  switch (a.nested->nesting) {
    case Nesting::single:
      return kind;
    case Nesting::list:
      return kind + " List";
    case Nesting::set:
      return kind + " Set";
    case Nesting::map:
      return kind + " Map";
  }
  return kind;
}

std::string anchor_of(const Attribute& a, const std::string& path) {
  std::string anchor = a.is(Trait::block) ? "nestedblock--" : "nestedatt--";
  for (const char c : path) anchor += c == '.' ? std::string("--") : std::string(1, c);
  return anchor;
}

enum class Group { required, optional, read_only };

Group group_of(const Attribute& a) {
  if (a.is(Trait::required)) return Group::required;
  return a.is(Trait::optional) || a.is(Trait::block) ? Group::optional : Group::read_only;
}

class SchemaText {
 public:
  // `heading` is the format of a group's title at this level.
  void object(const Schema& schema, const std::string& path, bool top) {
    std::vector<const Attribute*> sorted;
    for (const Attribute& a : schema.attributes) sorted.push_back(&a);
    std::sort(sorted.begin(), sorted.end(),
              [](const Attribute* a, const Attribute* b) { return a->name < b->name; });
    group(sorted, Group::required, path, top ? "### Required" : "Required:");
    group(sorted, Group::optional, path, top ? "### Optional" : "Optional:");
    group(sorted, Group::read_only, path, top ? "### Read-Only" : "Read-Only:");
    for (const Attribute* a : sorted)
      if (a->nested) section(*a, path + a->name);
  }

  std::string out;

 private:
  void group(const std::vector<const Attribute*>& attributes, Group wanted, const std::string& path,
             const std::string& heading) {
    bool any = false;
    for (const Attribute* a : attributes) {
      if (group_of(*a) != wanted) continue;
      if (!any) out += heading + "\n\n";
      any = true;
      item(*a, path);
    }
    if (any) out += '\n';
  }

  void item(const Attribute& a, const std::string& path) {
    out += "- `" + a.name + "` (" + (a.nested ? nested_words(a) : type_words(a.type));
    if (a.is(Trait::sensitive)) out += ", Sensitive";
    if (a.is(Trait::write_only)) out += ", Write-only";
    if (!a.rules.deprecated.empty()) out += ", Deprecated";
    out += ")";
    const std::string doc = one_line_doc(a.doc);
    if (!doc.empty()) out += " " + doc;
    if (!a.rules.fallback.is_null() && !a.is(Trait::sensitive))
      out += " Default: `" + to_text(a.rules.fallback) + "`.";
    if (a.is(Trait::replaces)) out += " Changing it destroys the object and creates a new one.";
    if (!a.rules.deprecated.empty()) out += " **Deprecated:** " + one_line_doc(a.rules.deprecated);
    if (a.nested) out += " (see [below for nested schema](#" + anchor_of(a, path + a.name) + "))";
    out += '\n';
  }

  void section(const Attribute& a, const std::string& path) {
    out += "<a id=\"" + anchor_of(a, path) + "\"></a>\n### Nested Schema for `" + path + "`\n\n";
    object(*a.nested->object, path + ".", false);
  }
};

std::string identity_text(const IdentitySchema& schema) {
  std::string text = "### Identity Schema\n\n";
  for (const bool required : {true, false}) {
    bool any = false;
    for (const IdentityAttribute& a : schema.attributes) {
      if (a.required_for_import != required) continue;
      if (!any) text += required ? "Required:\n\n" : "Optional:\n\n";
      any = true;
      text += "- `" + a.name + "` (" + type_words(a.type) + ")";
      if (const std::string doc = one_line_doc(a.doc); !doc.empty()) text += " " + doc;
      text += '\n';
    }
    if (any) text += '\n';
  }
  return text;
}

std::string import_text(const Page& page) {
  const ImportExample& import = page.import;
  if (import.id.empty() && import.identity.empty()) return {};
  const std::string address = page.name + ".example";
  std::string text = "## Import\n\n";
  if (!import.identity.empty()) {
    std::string lines;
    for (const std::string_view line : split(trim(import.identity), '\n'))
      lines += "    " + std::string(trim(line)) + "\n";
    text +=
        "With an [`import` block](https://developer.hashicorp.com/terraform/language/import) and " +
        std::string("the identity (Terraform 1.12 and later):\n\n") +
        fenced("terraform",
               "import {\n  to = " + address + "\n  identity = {\n" + lines + "  }\n}");
    if (import.schema) text += identity_text(*import.schema);
  }
  if (!import.id.empty()) {
    text +=
        "With an `import` block and the id:\n\n" +
        fenced("terraform", "import {\n  to = " + address + "\n  id = \"" + import.id + "\"\n}") +
        "On the command line:\n\n" +
        fenced("shell", "terraform import " + address + " " + import.id);
  }
  return text;
}

// Exactly one line break at the end of a page.
std::string ended(std::string text) {
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

std::string without_prefix(const std::string& name, const std::string& provider) {
  return name.starts_with(provider + "_") ? name.substr(provider.size() + 1) : name;
}

std::string parameter_item(const Parameter& parameter, bool variadic) {
  std::string text = "1. `" + parameter.name + "` (" + (variadic ? "Variadic, " : "") +
                     type_words(parameter.type) + (parameter.allow_null ? ", Nullable" : "") + ")";
  if (const std::string doc = one_line_doc(parameter.doc); !doc.empty()) text += " " + doc;
  return text + "\n";
}

std::string signature(const Function& function) {
  std::string text = function.name + "(";
  for (const Parameter& parameter : function.parameters) {
    if (text.back() != '(') text += ", ";
    text += parameter.name + " " + lower(type_words(parameter.type));
  }
  if (function.variadic) {
    if (text.back() != '(') text += ", ";
    text += function.variadic->name + " " + lower(type_words(function.variadic->type)) + "...";
  }
  return text + ") " + lower(type_words(function.returns));
}

}  // namespace

std::string type_words(const Type& type) {
  switch (type.kind()) {
    case Type::Kind::string:
      return "String";
    case Type::Kind::number:
      return "Number";
    case Type::Kind::boolean:
      return "Boolean";
    case Type::Kind::dynamic:
      return "Dynamic";
    case Type::Kind::list:
      return "List of " + type_words(type.element());
    case Type::Kind::set:
      return "Set of " + type_words(type.element());
    case Type::Kind::map:
      return "Map of " + type_words(type.element());
    case Type::Kind::tuple:
    case Type::Kind::object: {
      const bool tuple = type.kind() == Type::Kind::tuple;
      std::string text = tuple ? "Tuple [" : "Object {";
      bool first = true;
      for (const auto& [name, part] : type.parts()) {
        text += (first ? "" : ", ") + (tuple ? "" : name + " ") + type_words(part);
        first = false;
      }
      return text + (tuple ? "]" : "}");
    }
  }
  return "";
}

std::string page_text(const Page& page, const Schema& schema) {
  const bool index = page.kind == PageKind::provider;
  const std::string kind(kind_word(page.kind));
  std::string text = front_matter(
      index ? page.provider + " Provider" : page.name + " " + kind + " - " + page.provider,
      page.subcategory, index, schema.doc);
  text += index ? "# " + page.provider + " Provider\n\n" : "# " + page.name + " (" + kind + ")\n\n";
  text += std::string(trim(schema.doc)) + "\n\n";
  if (!schema.deprecated.empty())
    text += "~> **Deprecated:** " + one_line_doc(schema.deprecated) + "\n\n";
  for (const std::string& note : page.notes) text += std::string(trim(note)) + "\n\n";
  if (!page.example.empty()) text += "## Example Usage\n\n" + fenced("terraform", page.example);
  SchemaText schema_text;
  schema_text.object(schema, "", true);
  text += "## Schema\n\n" + schema_text.out + import_text(page);
  return ended(std::move(text));
}

std::string function_page_text(const std::string& provider, const Function& function,
                               const std::string& example, const std::string& subcategory) {
  std::string text =
      front_matter(function.name + " Function - " + provider, subcategory, false, function.summary);
  text += "# Function: " + function.name + "\n\n" + std::string(trim(function.doc)) + "\n\n";
  if (!example.empty()) text += "## Example Usage\n\n" + fenced("terraform", example);
  text += "## Signature\n\n" + fenced("text", signature(function));
  if (!function.parameters.empty() || function.variadic) {
    text += "## Arguments\n\n";
    for (const Parameter& parameter : function.parameters) text += parameter_item(parameter, false);
    if (function.variadic) text += parameter_item(*function.variadic, true);
    text += '\n';
  }
  return ended(std::move(text));
}

std::string page_path(const Page& page) {
  if (page.kind == PageKind::provider) return "index.md";
  return std::string(page_folder(page.kind)) + without_prefix(page.name, page.provider) + ".md";
}

std::string function_page_path(const Function& function) {
  return "functions/" + function.name + ".md";
}

}  // namespace paas::tf
