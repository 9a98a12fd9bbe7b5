// How a feed becomes a zone.

#include <algorithm>
#include <limits>
#include <map>

#include "libpaas/dns/zone.hpp"

namespace paas::dns {
namespace {

constexpr std::size_t most_names_of_an_address = 100;

}  // namespace

class ZoneBuilder {
 public:
  explicit ZoneBuilder(const Feed& feed) : feed_(feed) {}

  Result<Zone> build() {
    zone_.generation_ = feed_.generation;
    zone_.block_.clear();
    make_table();
    declare(name_of("internal"), 0);
    for (std::size_t i = 0; i < feed_.projects.size(); ++i) {
      const auto asker = static_cast<Zone::Asker>(i + 1);
      for (const App& app : feed_.projects[i].apps) add_app(app, feed_.projects[i].name, asker);
    }
    for (const auto& [ip, names] : pointers_) {
      if (names.size() > most_names_of_an_address) {
        return fail(Errc::invalid, "feed: " + to_text(ip) + " is of more than " +
                                       std::to_string(most_names_of_an_address) + " replicas");
      }
    }
    add_pointers();
    add_sources();
    add_fixed();
    if (zone_.block_.size() > std::numeric_limits<std::uint32_t>::max()) {
      return fail(Errc::invalid, "feed: more names than a zone holds");
    }
    for (auto* list : {&zone_.projects_, &zone_.clients_, &zone_.ours_}) list->shrink_to_fit();
    zone_.entries_.shrink_to_fit();
    zone_.sets_.shrink_to_fit();
    zone_.pieces_.shrink_to_fit();
    zone_.block_.shrink_to_fit();
    return std::move(zone_);
  }

 private:
  using Range = Zone::Range;

  static std::string name_of(const std::string& text) {
    // Its labels are checked, and four of the longest are shorter than a name may be.
    return name_from_text(text).value_or(std::string(1, '\0'));
  }

  void make_table() {
    std::size_t most = 1;
    for (const Project& project : feed_.projects) {
      ++most;
      for (const App& app : project.apps) {
        std::size_t addresses = 0;
        for (const Replica& replica : app.replicas) addresses += replica.addresses.size();
        most += addresses + 2 * (1 + app.replicas.size() + 2 + app.ports.size());
      }
    }
    std::size_t slots = 4;
    while (slots < 2 * most) slots *= 2;
    zone_.table_.assign(slots, 0);
    zone_.entries_.reserve(most);
  }

  static View view_of(const std::string& name) {
    return {reinterpret_cast<const std::uint8_t*>(name.data()), name.size()};
  }

  std::uint32_t append(View bytes) {
    const auto at = static_cast<std::uint32_t>(zone_.block_.size());
    zone_.block_.insert(zone_.block_.end(), bytes.begin(), bytes.end());
    return at;
  }

  // The entry of a name, made where it is not there yet.
  std::size_t entry(const std::string& name, Zone::Asker asker) {
    const Key key(view_of(name));
    if (const Entry* known = zone_.find_in(key, asker)) {
      return static_cast<std::size_t>(known - zone_.entries_.data());
    }
    Entry made;
    made.key_at = append(key.name());
    made.key_bytes = static_cast<std::uint8_t>(key.name().size());
    made.project = asker;
    zone_.entries_.push_back(made);
    zone_.insert(key, asker, static_cast<std::uint32_t>(zone_.entries_.size()));
    return zone_.entries_.size() - 1;
  }

  // A name that is there in its own right, and all above it up to the top.
  std::size_t declare(const std::string& name, Zone::Asker asker) {
    for (std::size_t at = 0; name[at] != 0 && name.size() - at > 10;) {
      at += 1u + static_cast<std::uint8_t>(name[at]);
      if (name.size() - at > 10) entry(name.substr(at), asker);
    }
    const std::size_t index = entry(name, asker);
    zone_.entries_[index].declared = true;
    return index;
  }

  // One name with the short form that its project has for it.
  struct Both {
    std::size_t full = 0;
    std::size_t own = 0;
  };

  Both declare_both(const std::string& name, const std::string& project, Zone::Asker asker) {
    return {declare(name_of(name + "." + project + ".internal"), 0),
            declare(name_of(name + ".internal"), asker)};
  }

  void begin_sets(std::size_t index) {
    zone_.entries_[index].first_set = static_cast<std::uint32_t>(zone_.sets_.size());
  }

  // Gives both the sets that were made since begin_sets(both.full).
  void end_sets(const Both& both) {
    Entry& full = zone_.entries_[both.full];
    const std::size_t made = zone_.sets_.size() - full.first_set;
    full.sets = static_cast<std::uint8_t>(made & 0x7Fu);
    zone_.entries_[both.own].first_set = full.first_set;
    zone_.entries_[both.own].sets = full.sets;
  }

  // What stands before the data of every record: the owner is the question's name.
  void put_head(Bytes& to, std::uint16_t record_type, std::uint32_t ttl, std::size_t data_bytes) {
    append16(to, 0xC000u | header_bytes);
    append16(to, record_type);
    append16(to, class_in);
    append32(to, ttl);
    append16(to, static_cast<std::uint16_t>(data_bytes));
  }

  void add_addresses(const std::vector<Ip>& addresses) {
    for (const bool v4 : {true, false}) {
      RecordSet set;
      set.type = v4 ? type::a : type::aaaa;
      set.record_bytes = v4 ? 16 : 28;
      Bytes records;
      for (const Ip& ip : addresses) {
        if (ip.is_v4() != v4) continue;
        const View data = View(ip.bytes).last(v4 ? 4 : 16);
        put_head(records, set.type, feed_.ttl_s, data.size());
        records.insert(records.end(), data.begin(), data.end());
        ++set.count;
      }
      if (set.count == 0) continue;
      set.bytes = static_cast<std::uint32_t>(records.size());
      set.at = append(records);
      zone_.sets_.push_back(set);
    }
  }

  void add_piece(RecordSet& set, const Bytes& record, std::size_t target_plus_one) {
    Piece piece;
    piece.at = append(record);
    piece.bytes = static_cast<std::uint16_t>(record.size());
    piece.target = static_cast<std::uint32_t>(target_plus_one);
    zone_.pieces_.push_back(piece);
    ++set.count;
    set.bytes += piece.bytes;
  }

  RecordSet begin_pieces(std::uint16_t record_type) const {
    RecordSet set;
    set.type = record_type;
    set.at = static_cast<std::uint32_t>(zone_.pieces_.size());
    return set;
  }

  void add_app(const App& app, const std::string& project, Zone::Asker asker) {
    std::vector<Ip> all;
    for (const Replica& replica : app.replicas) {
      for (const Ip& ip : replica.addresses) {
        if (std::find(all.begin(), all.end(), ip) == all.end()) all.push_back(ip);
      }
    }
    const Both whole = declare_both(app.name, project, asker);
    begin_sets(whole.full);
    add_addresses(all);
    end_sets(whole);
    std::vector<std::size_t> targets;
    for (const Replica& replica : app.replicas) {
      const std::string name = replica.name + "." + app.name;
      const Both one = declare_both(name, project, asker);
      begin_sets(one.full);
      add_addresses(replica.addresses);
      end_sets(one);
      targets.push_back(one.full);
      for (const Ip& ip : replica.addresses) {
        pointers_[ip].push_back(name_of(name + "." + project + ".internal"));
      }
    }
    for (const Port& port : app.ports) add_service(app.name, project, asker, port, targets);
  }

  void add_service(const std::string& app, const std::string& project, Zone::Asker asker,
                   const Port& port, const std::vector<std::size_t>& targets) {
    const Both both =
        declare_both("_" + port.name + "._" + port.protocol + "." + app, project, asker);
    begin_sets(both.full);
    RecordSet set = begin_pieces(type::srv);
    for (const std::size_t target : targets) {
      const Entry& entry = zone_.entries_[target];
      Bytes record;
      put_head(record, type::srv, feed_.ttl_s, 6u + entry.key_bytes);
      append16(record, 0);  // priority and weight: all are equal
      append16(record, 0);
      append16(record, port.number);
      const std::uint8_t* name = zone_.block(entry.key_at);
      record.insert(record.end(), name, name + entry.key_bytes);
      add_piece(set, record, target + 1);
    }
    if (set.count > 0) zone_.sets_.push_back(set);
    end_sets(both);
  }

  void add_pointers() {
    for (const auto& [ip, names] : pointers_) {
      const std::size_t index = entry(name_of(reverse_name(ip)), 0);
      zone_.entries_[index].declared = true;
      begin_sets(index);
      RecordSet set = begin_pieces(type::ptr);
      for (const std::string& name : names) {
        Bytes record;
        put_head(record, type::ptr, feed_.ttl_s, name.size());
        record.insert(record.end(), name.begin(), name.end());
        add_piece(set, record, 0);
      }
      zone_.sets_.push_back(set);
      end_sets({index, index});
    }
  }

  static std::vector<Range> merged(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end(),
              [](const Range& a, const Range& b) { return a.first < b.first; });
    std::vector<Range> out;
    for (const Range& range : ranges) {
      if (out.empty() || out.back().last < range.first) {
        out.push_back(range);
      } else {
        out.back().last = std::max(out.back().last, range.last);
      }
    }
    return out;
  }

  void add_sources() {
    for (std::size_t i = 0; i < feed_.projects.size(); ++i) {
      for (const Network& network : feed_.projects[i].networks) {
        zone_.projects_.push_back(
            {network.first(), network.last(), static_cast<Zone::Asker>(i + 1)});
      }
    }
    for (const Network& network : feed_.clients) {
      zone_.clients_.push_back({network.first(), network.last(), 0});
    }
    zone_.ours_ = zone_.projects_;
    for (const Network& network : feed_.reverse) {
      zone_.ours_.push_back({network.first(), network.last(), 0});
    }
    for (const auto& [ip, names] : pointers_) zone_.ours_.push_back({ip, ip, 0});
    zone_.clients_ = merged(std::move(zone_.clients_));
    zone_.ours_ = merged(std::move(zone_.ours_));
    std::sort(zone_.projects_.begin(), zone_.projects_.end(),
              [](const Range& a, const Range& b) { return a.first < b.first; });
  }

  void add_fixed() {
    Bytes data;
    for (const char* name : {"dns.internal", "hostmaster.internal"}) {
      const std::string wire = name_of(name);
      data.insert(data.end(), wire.begin(), wire.end());
    }
    append32(data, static_cast<std::uint32_t>(feed_.generation));
    append32(data, 60);  // refresh, retry, expire: nobody transfers this zone
    append32(data, 10);
    append32(data, 86400);
    append32(data, feed_.negative_ttl_s);
    zone_.soa_ = fixed(type::soa, feed_.negative_ttl_s, data);
    const Bytes hinfo = {7, 'R', 'F', 'C', '8', '4', '8', '2', 0};
    zone_.any_ = fixed(type::hinfo, feed_.ttl_s, hinfo);
  }

  RecordSet fixed(std::uint16_t record_type, std::uint32_t ttl, const Bytes& data) {
    Bytes record;
    put_head(record, record_type, ttl, data.size());
    record.insert(record.end(), data.begin(), data.end());
    RecordSet set;
    set.type = record_type;
    set.count = 1;
    set.record_bytes = static_cast<std::uint16_t>(record.size());
    set.bytes = set.record_bytes;
    set.at = append(record);
    return set;
  }

  const Feed& feed_;
  Zone zone_;
  std::map<Ip, std::vector<std::string>> pointers_;
};

Result<Zone> Zone::compile(const Feed& feed) {
  return ZoneBuilder(feed).build();
}

}  // namespace paas::dns
