#include <unistd.h>

#include <iostream>

#include "agent/program.hpp"
#include "libpaas/adapters/environment.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  return paas::agent::run({arguments, paas::process_environment(), std::cout, std::cerr, std::cin,
                           isatty(STDOUT_FILENO) == 1, isatty(STDIN_FILENO) == 1});
}
