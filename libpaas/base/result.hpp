#pragma once
// Result<T>: how every fallible function of this project reports failure.
//
// A failure that can be named (not found, refused, timed out, bad input) is a value.
// A broken promise inside our own code is a bug: assert it, do not return it.
// Nothing here throws; exceptions of third parties are caught in the adapter that called them.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace paas {

// What a caller may act on. Everything else about a failure is text for people.
enum class Errc {
  not_found,        // the thing asked for is not there
  conflict,         // it exists already, is locked, or has changed under us
  invalid,          // the request itself is wrong; repeating it cannot help
  denied,           // credentials or privileges do not allow it
  unavailable,      // the other side could not be reached or refused for now; nothing has happened
  unknown_outcome,  // the answer was lost: it may have acted; read before you repeat
  timeout,          // our own patience ended while something is still under way
  cancelled,        // somebody asked us to stop
  internal,         // none of the above: the other side failed in its own way
};

// "not_found", "conflict", ...: stable words for logs and JSON.
std::string_view name_of(Errc code);

struct Error {
  Errc code = Errc::internal;
  std::string message;               // what failed, lower case, no full stop
  std::vector<std::string> context;  // innermost first: "create container 104", "node pve2"
  std::string remedy;                // what the reader can do about it; may be empty

  // The same error seen from one level further out.
  Error while_doing(std::string what) && {
    context.push_back(std::move(what));
    return std::move(*this);
  }
  // The same error with advice for the reader.
  Error advising(std::string advice) && {
    remedy = std::move(advice);
    return std::move(*this);
  }
  bool operator==(const Error&) const = default;
};

// "outermost: ...: innermost: message", without the remedy.
std::string describe(const Error& error);

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;
  using Base::Base;
  Result(Base base) : Base(std::move(base)) {}  // so that chains of map() convert back

  // The value moved out; for Result<void>, nothing.
  T take() && {
    if constexpr (!std::is_void_v<T>) return *std::move(*this);
  }
};

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message), {}, {}});
}

// The error of a failed result, said from one level further out.
template <class T>
[[nodiscard]] tl::unexpected<Error> fail_while(std::string what, Result<T>&& failed) {
  return tl::unexpected<Error>(std::move(failed).error().while_doing(std::move(what)));
}

}  // namespace paas
#pragma GCC visibility pop

// TRY(expression) is the value of the expression, or returns its error from the enclosing function.
// A GNU statement expression: gcc and clang are the only compilers we support.
#define PAAS_TRY_(tmp, ...)                                           \
  __extension__({                                                     \
    auto tmp = (__VA_ARGS__);                                         \
    if (!tmp) [[unlikely]]                                            \
      return ::tl::unexpected<::paas::Error>(std::move(tmp).error()); \
    std::move(tmp).take();                                            \
  })
#define PAAS_CAT_(a, b) a##b
#define PAAS_CAT(a, b) PAAS_CAT_(a, b)
#define TRY(...) PAAS_TRY_(PAAS_CAT(try_, __COUNTER__), __VA_ARGS__)
