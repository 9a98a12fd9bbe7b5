#include "libpaas/adapters/host/process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <thread>

namespace host_process_test {

using namespace paas;
using namespace std::chrono_literals;

Result<Finished> run(std::vector<std::string> words, std::string input = {}) {
  Command command;
  command.words = std::move(words);
  command.input = std::move(input);
  return host::make_process()->run(command, {});
}

TEST_CASE("process: what a program says and how it ends") {
  const auto done = run({"sh", "-c", "cat; echo oops >&2; exit 3"}, "hello");
  REQUIRE(done);
  CHECK(done->output == "hello");
  CHECK(done->errors == "oops\n");
  CHECK(done->exit_code == 3);
  CHECK(run({"sh", "-c", "kill -TERM $$"})->exit_code == 128 + SIGTERM);
  CHECK(run({"cat"})->output.empty());
}

TEST_CASE("process: input that nobody reads, or by its name") {
  const std::string much(std::size_t{4} << 20, 'x');
  CHECK(run({"true"}, much)->exit_code == 0);
  CHECK(run({"cat"}, much)->output == much);
  CHECK(run({"cat", "/dev/stdin"}, "again")->output == "again");
}

TEST_CASE("process: a program that is not there") {
  CHECK(run({"no-such-program-here"}).error().code == Errc::not_found);
  CHECK(run({"/nowhere/program"}).error().code == Errc::not_found);
  CHECK(run({}).error().code == Errc::invalid);
  CHECK(run({"echo", std::string("a\0b", 3)}).error().code == Errc::invalid);
}

TEST_CASE("process: nothing of ours is handed down") {
  REQUIRE(::setenv("PAAS_PROCESS_TEST", "secret", 1) == 0);
  // Without O_CLOEXEC, as a library might open one.
  const int first = ::open("/dev/null", O_RDONLY);
  const int leaked = ::fcntl(first, F_DUPFD, 77);
  ::close(first);
  Command command;
  command.words = {"sh", "-c", "env; echo /proc/self/fd/*"};
  command.environment["GIVEN"] = "yes";
  const auto done = host::make_process()->run(command, {});
  ::close(leaked);
  ::unsetenv("PAAS_PROCESS_TEST");
  REQUIRE(done);
  CHECK_THAT(done->output, Catch::Contains("GIVEN=yes"));
  CHECK_THAT(done->output, Catch::Contains("PATH="));
  CHECK_THAT(done->output, !Catch::Contains("secret"));
  CHECK_THAT(done->output, !Catch::Contains("/fd/" + std::to_string(leaked)));
}

TEST_CASE("process: too much output ends it") {
  Command command;
  command.words = {"yes"};
  command.most_output = 100'000;
  CHECK(host::make_process()->run(command, {}).error().code == Errc::invalid);
  const auto loud = run({"sh", "-c", "head -c 1000000 /dev/zero >&2; echo done"});
  REQUIRE(loud);
  CHECK(loud->errors.size() == 64 * 1024);
  CHECK(loud->output == "done\n");
}

// The child of the child writes its id and then lives on.
constexpr const char* family = "sleep 600 & echo $!; wait";

bool is_alive(pid_t id) {
  // A zombie of somebody else's is as good as dead.
  std::error_code problem;
  const auto path = "/proc/" + std::to_string(id) + "/exe";
  return std::filesystem::exists(std::filesystem::read_symlink(path, problem), problem);
}

TEST_CASE("process: one that takes too long goes with its children") {
  const auto file =
      std::filesystem::temp_directory_path() / ("paas-process-" + std::to_string(::getpid()));
  Command command;
  command.words = {"sh", "-c", "sleep 600 & echo $! > " + file.string() + "; wait"};
  command.timeout = 1s;
  CHECK(host::make_process()->run(command, {}).error().code == Errc::unavailable);
  pid_t child = 0;
  if (FILE* in = std::fopen(file.c_str(), "r")) {
    CHECK(std::fscanf(in, "%d", &child) == 1);
    std::fclose(in);
  }
  std::filesystem::remove(file);
  REQUIRE(child > 0);
  while (is_alive(child)) std::this_thread::sleep_for(1ms);  // the kernel buries in its own time
}

TEST_CASE("process: what a program leaves behind is ended, and does not hold us up") {
  const auto done = run({"sh", "-c", "sleep 600 & echo $!"});
  REQUIRE(done);
  const pid_t child = std::stoi(done->output);
  while (is_alive(child)) std::this_thread::sleep_for(1ms);
}

TEST_CASE("process: it ends when asked to stop") {
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(20ms);
    stop.request_stop();
  });
  Command command;
  command.words = {"sh", "-c", family};
  CHECK(host::make_process()->run(command, stop.get_token()).error().code == Errc::cancelled);
}

}  // namespace host_process_test
