#pragma once
// Overload: one visitor out of several lambdas, for std::visit.

namespace paas {

template <class... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overload(Fs...) -> Overload<Fs...>;

}  // namespace paas
