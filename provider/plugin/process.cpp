#include "provider/plugin/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace paas::plugin {
namespace {

constexpr int once_a_second = 1000;

tl::unexpected<Error> system_failure(const char* what) {
  return fail(Errc::internal, std::string("unable to ") + what + ": " + std::strerror(errno));
}

// Ready to read when that process has ended; -1 where the kernel (before 5.3) cannot tell.
int pidfd_of(int pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

void close_if_open(int descriptor) {
  if (descriptor >= 0) ::close(descriptor);
}

// What the crash handler may touch: set before it is installed, then read only.
struct CrashNotes {
  std::array<char, 128> socket{};
  std::array<char, 256> last_words{};
  std::atomic<bool> armed = false;
};
CrashNotes crash_notes;

// Only calls that are safe in a signal handler. "panic: " makes Terraform report the line.
void on_crash(int signal) {
  if (crash_notes.armed.exchange(false)) {
    unlink(crash_notes.socket.data());
    const char* words = crash_notes.last_words.data();
    static_cast<void>(!write(STDERR_FILENO, words, strlen(words)));
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

// Leaves handlers alone that somebody (a sanitizer) has installed already.
void catch_crashes() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    struct sigaction present{};
    sigaction(signal, nullptr, &present);
    if (present.sa_handler != SIG_DFL) continue;
    struct sigaction ours{};
    ours.sa_handler = on_crash;
    ours.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER;
    sigaction(signal, &ours, nullptr);
  }
}

}  // namespace

Result<Lifetime> Lifetime::begin(bool debug) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  if (debug) {
    sigaddset(&ends, SIGINT);
  } else {
    std::signal(SIGINT, SIG_IGN);
  }
  if (pthread_sigmask(SIG_BLOCK, &ends, nullptr) != 0) return system_failure("block signals");

  Lifetime lifetime;
  lifetime.asked_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  lifetime.signals_ = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
  if (lifetime.asked_ < 0 || lifetime.signals_ < 0) return system_failure("wait for signals");
  // Parent 0 is one outside our process namespace: it cannot be watched.
  const int parent = getppid();
  if (!debug && parent > 0) {
    lifetime.parent_pid_ = parent;
    lifetime.parent_ = pidfd_of(parent);
  }
  return lifetime;
}

Lifetime::Lifetime(Lifetime&& other) noexcept
    : asked_(std::exchange(other.asked_, -1)),
      signals_(std::exchange(other.signals_, -1)),
      parent_(std::exchange(other.parent_, -1)),
      parent_pid_(other.parent_pid_) {}

Lifetime::~Lifetime() {
  close_if_open(asked_);
  close_if_open(signals_);
  close_if_open(parent_);
}

void Lifetime::ask() const {
  const std::uint64_t one = 1;
  static_cast<void>(!write(asked_, &one, sizeof one));
}

Ending Lifetime::wait() const {
  const bool by_pid = parent_ < 0 && parent_pid_ > 0;
  std::array<pollfd, 3> watched{{{asked_, POLLIN, 0}, {signals_, POLLIN, 0}, {parent_, POLLIN, 0}}};
  for (;;) {
    // The pid may have been somebody else's by the time it was opened: then our parent has changed.
    if (parent_pid_ > 0 && getppid() != parent_pid_) return Ending::orphaned;
    const int ready = poll(watched.data(), watched.size(), by_pid ? once_a_second : -1);
    if (ready <= 0) continue;
    if (watched[0].revents != 0) return Ending::asked;
    if (watched[1].revents != 0) {
      signalfd_siginfo taken{};
      static_cast<void>(!read(signals_, &taken, sizeof taken));
      return Ending::terminated;
    }
    if (watched[2].revents != 0) return Ending::orphaned;
  }
}

Result<SocketPath> SocketPath::choose(const std::string& folder, std::string_view program) {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<unsigned char, 10> random{};
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    return system_failure("name a socket");
  std::string path = (folder == "/" ? "" : folder) + "/plugin";
  for (const unsigned char byte : random) path += letters[byte % letters.size()];
  if (path.size() >= crash_notes.socket.size())
    return fail(Errc::internal, "the folder for the socket has too long a name: " + folder);

  crash_notes.armed = false;
  std::copy_n(path.c_str(), path.size() + 1, crash_notes.socket.begin());
  const std::string words = "panic: " + std::string(program.substr(0, 128)) +
                            " has crashed; this is a defect of the provider\n";
  std::copy_n(words.c_str(), words.size() + 1, crash_notes.last_words.begin());
  crash_notes.armed = true;
  catch_crashes();
  return SocketPath(std::move(path));
}

SocketPath::SocketPath(SocketPath&& other) noexcept : path_(std::exchange(other.path_, {})) {}

SocketPath::~SocketPath() {
  if (path_.empty()) return;
  crash_notes.armed = false;
  unlink(path_.c_str());
}

}  // namespace paas::plugin
