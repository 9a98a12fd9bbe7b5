#include "libpaas/compose/interpolate.hpp"

#include "libpaas/base/text.hpp"

namespace paas::compose {
namespace {

constexpr int most_nested = 16;
constexpr std::size_t longest_message = 500;
constexpr std::size_t longest_text = std::size_t{1} << 20;

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Interpolation {
 public:
  Interpolation(std::string_view text, const model::TextMap& environment)
      : text_(text), environment_(environment) {}

  Result<Interpolated> run() {
    Interpolated out;
    out.text = TRY(until(false, true, 0));
    out.unset = std::move(unset_);
    return out;
  }

 private:
  tl::unexpected<Error> not_so() const {
    return fail(
        Errc::invalid,
        "holds a '$' that is no variable: write ${NAME}, ${NAME:-default}, ${NAME:?message}, "
        "or $$ for a '$'");
  }

  // Up to the end, or to the '}' that ends a default. `used`: else it is only passed over.
  Result<std::string> until(bool brace, bool used, int depth) {
    if (depth > most_nested) return fail(Errc::invalid, "nests too many variables");
    std::string out;
    while (at_ < text_.size() && !(brace && text_[at_] == '}')) {
      if (text_[at_] != '$') {
        out += text_[at_++];
        continue;
      }
      ++at_;
      out += TRY(variable(used, depth));
      if (out.size() > longest_text) return fail(Errc::invalid, "becomes longer than 1 MiB");
    }
    return out;
  }

  // Behind a '$'.
  Result<std::string> variable(bool used, int depth) {
    if (at_ == text_.size()) return not_so();
    if (text_[at_] == '$') {
      ++at_;
      return std::string("$");
    }
    const bool brace = text_[at_] == '{';
    if (brace) ++at_;
    const std::string name = TRY(taken_name());
    const auto found = environment_.find(name);
    const bool is_set = found != environment_.end();
    if (!brace) return value_of(name, used);
    if (at_ == text_.size()) return not_so();
    const bool colon = text_[at_] == ':';
    if (colon) ++at_;
    const char kind = at_ == text_.size() ? '\0' : text_[at_++];
    if (kind == '}' && !colon) return value_of(name, used);
    const bool counts = is_set && !(colon && found->second.empty());
    if (kind != '-' && kind != '?' && kind != '+') return not_so();
    const bool wants_rest = kind == '+' ? counts : !counts;
    std::string rest = TRY(until(true, used && wants_rest, depth + 1));
    if (at_ == text_.size()) return not_so();
    ++at_;
    if (kind == '+') return counts ? rest : std::string();
    if (counts) return found->second;
    if (kind == '-' || !used) return rest;
    const std::string why = shortened(printable(to_utf8(rest)), longest_message);
    return fail(Errc::invalid, "needs the variable " + name + (why.empty() ? "" : ": " + why));
  }

  Result<std::string> taken_name() {
    const std::size_t begin = at_;
    if (at_ < text_.size() && begins_name(text_[at_])) ++at_;
    while (at_ > begin && at_ < text_.size() &&
           (begins_name(text_[at_]) || (text_[at_] >= '0' && text_[at_] <= '9'))) {
      ++at_;
    }
    if (at_ == begin) return not_so();
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string value_of(const std::string& name, bool used) {
    const auto found = environment_.find(name);
    if (found != environment_.end()) return found->second;
    if (used) unset_.insert(name);
    return {};
  }

  std::string_view text_;
  const model::TextMap& environment_;
  std::size_t at_ = 0;
  std::set<std::string> unset_;
};

class Everywhere {
 public:
  Everywhere(const model::TextMap& environment, Reading& reading)
      : environment_(environment), reading_(reading) {}

  Document copy(const Document& from, const std::string& path) {
    if (const auto* scalar = from.scalar()) return copy_scalar(from, *scalar, path);
    if (const auto* list = from.list()) {
      Document::List out;
      for (const Document& item : *list) out.push_back(copy(item, item_path(path, out.size())));
      return {from.place(), std::move(out)};
    }
    if (const auto* map = from.map()) {
      Document::Map out;
      for (const auto& member : *map) {
        out.push_back(
            {member.key, member.place, copy(member.value, member_path(path, member.key))});
      }
      return {from.place(), std::move(out)};
    }
    return from;
  }

 private:
  Document copy_scalar(const Document& from, const Document::Scalar& scalar,
                       const std::string& path) {
    if (scalar.text.find('$') == scalar.text.npos) return from;
    auto read = interpolate(scalar.text, environment_);
    if (!read) {
      reading_.wrong({from, path, from.place()}, read.error().message);
      return from;
    }
    for (const std::string& name : read->unset) {
      if (!told_.insert(name).second) continue;
      reading_.left_out({from, path, from.place()},
                        "the variable " + name + " is not set and taken as empty");
    }
    return {from.place(), Document::Scalar{std::move(read->text), scalar.quoted}};
  }

  const model::TextMap& environment_;
  Reading& reading_;
  std::set<std::string> told_;
};

}  // namespace

Result<Interpolated> interpolate(std::string_view text, const model::TextMap& environment) {
  return Interpolation(text, environment).run();
}

Document interpolated(const Document& document, const model::TextMap& environment,
                      Reading& reading) {
  return Everywhere(environment, reading).copy(document, "");
}

}  // namespace paas::compose
