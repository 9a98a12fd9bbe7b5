#pragma once
// The environment variables of this process, as a value.

#include <map>
#include <string>

#pragma GCC visibility push(default)

namespace paas {

using Environment = std::map<std::string, std::string, std::less<>>;

// Read it once, in main, before there are threads.
Environment process_environment();

}  // namespace paas

#pragma GCC visibility pop
