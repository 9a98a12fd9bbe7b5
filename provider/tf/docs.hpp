#pragma once
// Pages for the provider registry, written from the schemas: pure functions to Markdown.
//
// The layout is the registry's: front matter, description, example, arguments (required, optional,
// read-only), a section with an anchor for each nested object, import. Page by page the same bytes
// for the same schema, so that a test can compare them with what is committed.

#include <string>
#include <vector>

#include "provider/tf/resource.hpp"

namespace paas::tf {

enum class PageKind { provider, resource, data_source, ephemeral, list_resource, action };

// How an import is shown. Empty texts are left out.
struct ImportExample {
  std::string id;                          // what a user types: "pve1/104"
  std::string identity;                    // HCL inside `identity = { … }`: "vmid = 104"
  const IdentitySchema* schema = nullptr;  // of the identity
};

// What a schema cannot say.
struct Page {
  PageKind kind = PageKind::resource;
  std::string provider;       // "paas"
  std::string name;           // "paas_lxc"; of the provider's own page, the same as `provider`
  std::string subcategory{};  // groups pages in the registry's side bar
  std::string example{};      // HCL
  ImportExample import{};
  std::vector<std::string> notes{};  // paragraphs between the description and the example
};

// The whole page. The front matter's description is the first sentence of the schema's text.
std::string page_text(const Page& page, const Schema& schema);

// The page of a function. `example` is HCL.
std::string function_page_text(const std::string& provider, const Function& function,
                               const std::string& example, const std::string& subcategory = "");

// Where a page is kept below docs/: "resources/lxc.md", "index.md", "functions/cidr.md".
std::string page_path(const Page& page);
std::string function_page_path(const Function& function);

// A type in words: "List of String".
std::string type_words(const Type& type);

}  // namespace paas::tf
