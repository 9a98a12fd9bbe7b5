#include "agent/usage.hpp"

namespace paas::agent {

std::string Usage::text() const {
  return "usage: paas-agent " + std::string(words) + "\n\n" + std::string(about) + "\n\n" +
         help_of(flags) + "\n" + std::string(note) + (note.empty() ? "" : "\n") +
         "Exit codes: " + std::string(codes) + ".\n";
}

int misuse(const Invocation& invocation, const Usage& usage, const std::string& message) {
  invocation.err << "paas-agent: " << message << "\n\n" << usage.text();
  return misused;
}

Or<Arguments> understood(const Invocation& invocation, const Usage& usage, WordCount count) {
  auto arguments = Arguments::parse(invocation.arguments, usage.flags);
  if (!arguments) {
    return tl::unexpected<int>(misuse(invocation, usage, arguments.error().message));
  }
  if (arguments->has("--help")) {
    invocation.out << usage.text();
    return tl::unexpected<int>(done);
  }
  const std::size_t given = arguments->words().size();
  if (given < count.least) {
    return tl::unexpected<int>(misuse(invocation, usage, "something is missing"));
  }
  if (given > count.most) {
    return tl::unexpected<int>(misuse(invocation, usage, "too many words"));
  }
  return *std::move(arguments);
}

}  // namespace paas::agent
