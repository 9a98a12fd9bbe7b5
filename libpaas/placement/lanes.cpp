#include "libpaas/placement/lanes.hpp"

#include <array>
#include <bit>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace paas::placement {
namespace lanes {

// Places from `first` on.
std::size_t pick_from(std::uint32_t first, const OpenNodes& open, Scorer::Axes needs, Index gate,
                      std::uint32_t* places) {
  const std::uint64_t* let_in = open.let_in[gate / 64].data();
  std::size_t count = 0;
  for (std::uint32_t i = first; i < open.size(); ++i) {  // no branches: they cannot be foreseen
    places[count] = i;
    const auto x_fits = static_cast<std::size_t>(open.x[i] >= needs.x);
    const auto y_fits = static_cast<std::size_t>(open.y[i] >= needs.y);
    count += x_fits & y_fits & (let_in[i] >> (gate % 64));
  }
  return count;
}

std::size_t pick(const OpenNodes& open, Scorer::Axes needs, Index gate, std::uint32_t* places) {
  return pick_from(0, open, needs, gate, places);
}

void rate(const OpenNodes& open, Scorer::Axes needs, const Scorer::Fit& fit,
          const std::uint32_t* places, std::size_t count, std::int64_t* fits) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t at = places[i];
    fits[i] = fit(open.waste[at], {open.x[at] - needs.x, open.y[at] - needs.y});
  }
}

#ifdef __x86_64__

// For each set of eight: its members, one a byte, in order.
constexpr std::array<std::uint64_t, 256> members = [] {
  std::array<std::uint64_t, 256> out{};
  for (std::size_t set = 0; set < out.size(); ++set) {
    int shift = 0;
    for (std::uint64_t member = 0; member < 8; ++member) {
      if ((set >> member & 1U) == 0) continue;
      out[set] |= member << shift;
      shift += 8;
    }
  }
  return out;
}();

using Four = __m256i;  // numbers of 64 bits

[[gnu::target("avx2")]] inline Four load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

// One number each; processors have an instruction for it, but mostly a slow one.
[[gnu::target("avx2")]] inline Four gather(const std::int64_t* from, const std::uint32_t* places) {
  return _mm256_set_epi64x(from[places[3]], from[places[2]], from[places[1]], from[places[0]]);
}

[[gnu::target("avx2")]] std::size_t pick_wide(const OpenNodes& open, Scorer::Axes needs, Index gate,
                                              std::uint32_t* places) {
  const Four x_below = _mm256_set1_epi64x(needs.x - 1);
  const Four y_below = _mm256_set1_epi64x(needs.y - 1);
  const __m128i to_sign = _mm_cvtsi32_si128(static_cast<int>(63 - gate % 64));
  const std::uint64_t* let_in = open.let_in[gate / 64].data();
  const auto four_from = [&](std::uint32_t i) __attribute__((target("avx2"))) {
    const Four fits = _mm256_and_si256(_mm256_cmpgt_epi64(load(&open.x[i]), x_below),
                                       _mm256_cmpgt_epi64(load(&open.y[i]), y_below));
    const Four in = _mm256_and_si256(fits, _mm256_sll_epi64(load(let_in + i), to_sign));
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(in)));
  };
  std::size_t count = 0;
  std::uint32_t i = 0;
  for (; i + 8 <= open.size(); i += 8) {
    const unsigned set = four_from(i) | four_from(i + 4) << 4;
    const Four in = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(members[set])));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(places + count),
                        _mm256_add_epi32(in, _mm256_set1_epi32(static_cast<int>(i))));
    count += static_cast<std::size_t>(std::popcount(set));
  }
  return count + pick_from(i, open, needs, gate, places + count);
}

// As Potential::Lookup does it.
struct WideLookup {
  const Potential::Lookup& lookup;

  [[gnu::target("avx2")]] Four cell(Four amount, int axis) const {
    const Four coarse = _mm256_srl_epi64(amount, _mm_cvtsi32_si128(lookup.coarse[axis]));
    return _mm256_srli_epi64(_mm256_mul_epu32(coarse, _mm256_set1_epi64x(lookup.scale[axis])), 20);
  }
  // Between two corners that lie beside each other.
  [[gnu::target("avx2")]] static Four between(Four corners, Four part) {
    const Four low = _mm256_and_si256(corners, _mm256_set1_epi64x(0xffffffff));
    const Four more = _mm256_sub_epi32(_mm256_srli_epi64(corners, 32), corners);
    return _mm256_add_epi64(_mm256_slli_epi64(low, 12), _mm256_mul_epi32(more, part));
  }
  // A number that needs more than 32 bits, and one that does not.
  [[gnu::target("avx2")]] static Four product(Four a, Four b) {
    const Four upper = _mm256_mul_epi32(_mm256_srli_epi64(a, 32), b);
    return _mm256_add_epi64(_mm256_mul_epu32(a, b), _mm256_slli_epi64(upper, 32));
  }
  [[gnu::target("avx2")]] Four waste(Four x, Four y) const {
    const Four part = _mm256_set1_epi64x(4095);
    const Four cx = cell(x, 0);
    const Four cy = cell(y, 1);
    const Four corner = _mm256_add_epi64(
        _mm256_mul_epu32(_mm256_srli_epi64(cx, 12), _mm256_set1_epi64x(Potential::side)),
        _mm256_srli_epi64(cy, 12));
    std::int64_t at[4];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), corner);
    const auto corners = [&](std::int64_t row) __attribute__((target("avx2"))) {
      const std::int32_t* from = lookup.table + row * Potential::side;
      const auto two = [&](int lane) {
        std::int64_t out = 0;
        std::memcpy(&out, from + at[lane], sizeof(out));
        return out;
      };
      return _mm256_set_epi64x(two(3), two(2), two(1), two(0));
    };
    const Four b = _mm256_and_si256(cy, part);
    const Four low = between(corners(0), b);
    const Four high = between(corners(1), b);
    const Four all =
        _mm256_add_epi64(_mm256_slli_epi64(low, 12),
                         product(_mm256_sub_epi64(high, low), _mm256_and_si256(cx, part)));
    return _mm256_srli_epi64(all, 24);
  }
};

[[gnu::target("avx2")]] inline Four bounded(Four value, std::int64_t most) {
  const Four high = _mm256_set1_epi64x(most);
  const Four low = _mm256_set1_epi64x(-most);
  value = _mm256_blendv_epi8(value, high, _mm256_cmpgt_epi64(value, high));
  return _mm256_blendv_epi8(value, low, _mm256_cmpgt_epi64(low, value));
}

[[gnu::target("avx2")]] void rate_wide(const OpenNodes& open, Scorer::Axes needs,
                                       const Scorer::Fit& fit, const std::uint32_t* places,
                                       std::size_t count, std::int64_t* fits) {
  const WideLookup wide{fit.lookup};
  const Four need_x = _mm256_set1_epi64x(needs.x);
  const Four need_y = _mm256_set1_epi64x(needs.y);
  std::size_t i = 0;
  // Products of 32 bits suffice, but where a node has only a few of something.
  const bool small = fit.lookup.scale[0] >> 32 == 0 && fit.lookup.scale[1] >> 32 == 0;
  for (; small && fit.milli == 1000 && i + 4 <= count; i += 4) {
    const Four x = _mm256_sub_epi64(gather(open.x.data(), places + i), need_x);
    const Four y = _mm256_sub_epi64(gather(open.y.data(), places + i), need_y);
    const Four less = _mm256_sub_epi64(gather(open.waste.data(), places + i), wide.waste(x, y));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(fits + i),
                        bounded(less, Scorer::most_of_a_part));
  }
  rate(open, needs, fit, places + i, count - i, fits + i);
}

#endif

}  // namespace lanes

const LaneLoops& plain_loops() {
  static constexpr LaneLoops loops{lanes::pick, lanes::rate};
  return loops;
}

const LaneLoops& fastest_loops() {
#ifdef __x86_64__
  static constexpr LaneLoops wide{lanes::pick_wide, lanes::rate_wide};
  if (__builtin_cpu_supports("avx2") != 0) return wide;
#endif
  return plain_loops();
}

}  // namespace paas::placement
