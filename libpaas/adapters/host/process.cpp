#include "libpaas/adapters/host/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "libpaas/adapters/host/files.hpp"
#include "libpaas/base/text.hpp"

namespace paas::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_errors = std::size_t{64} << 10;

std::string environment_or(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

struct Pipe {
  Descriptor reader, writer;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failure("make", "pipe", errno);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// In memory: whoever reads it may take its time, or not read it at all.
Result<Descriptor> input_of(const std::string& text) {
  if (text.empty()) return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  if (!file) return failure("make", "input", errno);
  if (const int problem = write_synced(file.get(), text); problem != 0) {
    return failure("write", "input", problem);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// The program while it runs. Killed and buried at the latest when this goes.
class Child {
 public:
  explicit Child(pid_t id) : id_(id), end_(static_cast<int>(::syscall(SYS_pidfd_open, id, 0))) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ > 0) bury();
  }
  // Readable when it has ended.
  int end() const { return end_.get(); }
  // What it started and left goes with it. As long as it is not waited for, its id is nobody
  // else's.
  int bury() {
    ::kill(-id_, SIGKILL);
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t id_;
  Descriptor end_;
};

// Appends what is there; false at the end.
bool take(int file, std::string& out, std::size_t most) {
  std::array<char, 1 << 16> piece;
  while (true) {
    const ssize_t got = ::read(file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    const std::size_t room = most - std::min(most, out.size());
    out.append(piece.data(), std::min(room, static_cast<std::size_t>(got)));
    if (out.size() >= most) return true;
  }
}

class SystemProcess final : public Process {
 public:
  SystemProcess()
      : path_(environment_or("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"),
        home_(environment_or("HOME", "/root")) {}

  Result<Finished> run(const Command& command, std::stop_token stop) override {
    const auto deadline = Clock::now() + command.timeout;
    const std::string program = TRY(find(command.words));
    const Descriptor input = TRY(input_of(command.input));
    Pipe output = TRY(make_pipe());
    Pipe errors = TRY(make_pipe());
    Child child(TRY(spawn(program, command, input, output, errors)));
    output.writer = Descriptor();
    errors.writer = Descriptor();
    const StopSignal stopped(stop);
    Finished out;
    std::array<pollfd, 4> watched{{{stopped.get(), POLLIN, 0},
                                   {child.end(), POLLIN, 0},
                                   {output.reader.get(), POLLIN, 0},
                                   {errors.reader.get(), POLLIN, 0}}};
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) {
        return fail(Errc::unavailable, name_of(command) + " took longer than " +
                                           std::to_string(command.timeout.count()) + " s");
      }
      ::poll(watched.data(), watched.size(),
             static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
      if (watched[0].revents != 0) return fail(Errc::cancelled, name_of(command) + " was stopped");
      const bool ended = watched[1].revents != 0;
      if (!take(output.reader.get(), out.output, command.most_output + 1)) watched[2].fd = -1;
      if (out.output.size() > command.most_output) {
        return fail(Errc::invalid, name_of(command) + " said more than " +
                                       std::to_string(command.most_output) + " bytes");
      }
      if (!take_errors(errors.reader.get(), out.errors)) watched[3].fd = -1;
      if (!ended) continue;
      out.exit_code = child.bury();
      return out;
    }
  }

 private:
  static std::string name_of(const Command& command) {
    return "the program " + excerpt(command.words.front(), 100);
  }

  // Beyond what is kept it is read all the same, so that nobody waits.
  static bool take_errors(int file, std::string& out) {
    if (out.size() < most_errors) return take(file, out, most_errors);
    std::string rest;
    return take(file, rest, most_errors);
  }

  Result<std::string> find(const std::vector<std::string>& words) const {
    if (words.empty()) return fail(Errc::invalid, "a command needs a program");
    for (const std::string& word : words) {
      if (word.find('\0') != std::string::npos)
        return fail(Errc::invalid, "a word has a zero byte");
    }
    if (words.front().find('/') != std::string::npos) return words.front();
    for (const std::string_view folder : split(path_, ':')) {
      std::string path = std::string(folder) + "/" + words.front();
      struct stat about{};
      const bool is_file = ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode);
      if (is_file && ::access(path.c_str(), X_OK) == 0) return path;
    }
    return fail(Errc::not_found, "there is no program " + excerpt(words.front(), 100));
  }

  Result<pid_t> spawn(const std::string& program, const Command& command, const Descriptor& input,
                      const Pipe& output, const Pipe& errors) const {
    std::vector<std::string> words = command.words;
    std::vector<std::string> environment;
    for (const auto& [name, value] : command.environment) environment.push_back(name + "=" + value);
    if (!command.environment.contains("PATH")) environment.push_back("PATH=" + path_);
    if (!command.environment.contains("HOME")) environment.push_back("HOME=" + home_);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&actions, input.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, output.writer.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions, errors.writer.get(), 2);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    pid_t id = 0;
    const int problem = ::posix_spawn(&id, program.c_str(), &actions, &attributes,
                                      pointers_of(words).data(), pointers_of(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (problem != 0) return failure("start", program, problem);
    return id;
  }

  std::string path_;
  std::string home_;
};

}  // namespace

std::unique_ptr<Process> make_process() {
  return std::make_unique<SystemProcess>();
}

}  // namespace paas::host
