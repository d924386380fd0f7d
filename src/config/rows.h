#pragma once
#include "config/config.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// One row describes one key of fairlead.yml: how it is read and checked, its documentation and its default. For each
// struct, a domain lists which key fills which member. This gives the fields for validation, schema and man page, the
// reading code, and the shown default:
//
//   const config::Rows<Health> health_rows = {
//       {"path", {&Health::path, Type::route}, "asked to find out whether a release is well"},
//       {"timeout", &Health::timeout, "of one probe", {.check = longer_than_nothing}},
//       {"version", version_rows, "where the answer tells its release"}, // a map whose keys fill the same struct
//   };
namespace fairlead::config {

template <typename T>
class Rows;

using Pairs = std::vector<std::pair<std::string, std::string>>; // a map with free names

// Fill a member whose type says enough. The section was validated before, so there are no errors.
void fill(const Value& value, bool& member);
void fill(const Value& value, int& member);
void fill(const Value& value, std::int64_t& member);
void fill(const Value& value, std::uint64_t& member); // a number, or a size in bytes
void fill(const Value& value, double& member);
void fill(const Value& value, Milliseconds& member);
void fill(const Value& value, std::string& member);
void fill(const Value& value, std::optional<std::string>& member);
void fill(const Value& value, std::vector<std::string>& member);
void fill(const Value& value, std::vector<std::vector<std::string>>& member);
void fill(const Value& value, Pairs& member);

std::string shown(std::int64_t number, Type type); // 4GiB for a size
std::string shown(double number);

template <typename M>
constexpr Type natural() {
    if (std::is_same_v<M, bool>) return Type::boolean;
    if (std::is_integral_v<M>) return Type::integer;
    if (std::is_same_v<M, double>) return Type::number;
    if (std::is_same_v<M, Milliseconds>) return Type::duration;
    if (std::is_same_v<M, std::vector<std::string>>) return Type::text_list;
    if (std::is_same_v<M, std::vector<std::vector<std::string>>>) return Type::commands;
    return std::is_same_v<M, Pairs> ? Type::open_map : Type::text;
}

template <typename M>
std::string shown_default(const M& member, Type type) {
    if constexpr (std::is_same_v<M, std::string>)
        return member;
    else if constexpr (std::is_same_v<M, Milliseconds>)
        return format_duration(member);
    else if constexpr (std::is_same_v<M, double>)
        return shown(member);
    else if constexpr (std::is_integral_v<M> && !std::is_same_v<M, bool>)
        return shown(static_cast<std::int64_t>(member), type);
    return {};
}

std::span<const Field> any_text(); // the entries of a map with free names

// Adds fields of `kind`. A field that several kinds have is added once.
void add_fields(std::vector<Field>& fields, std::span<const Field> those, std::string_view kind);
std::string kind_of(const Value& map, std::span<const Field> fields); // as written, else the default kind

// The member that a key fills. Names of keys are dotted, and begin below the outermost struct: "health.interval".
template <typename T>
struct Into {
    using Read = std::function<Result<void>(const Value& value, const std::string& name, T& into)>;

    // For a key that the tool reads as an input. The row only says which values are allowed.
    Into(Type wanted, Type of_items = Type::text) : type(wanted), item(of_items) {}

    template <typename M>
    Into(M T::*member, Type wanted = natural<M>())
        : type(wanted), fallback(shown_default(T{}.*member, wanted)),
          read([member](const Value& value, const std::string&, T& into) -> Result<void> {
              fill(value, into.*member);
              return {};
          }) {
        if (wanted == Type::open_map) children = any_text();
    }

    // For a member with a parser: Result<M> parse(std::string_view), or for a list parse(std::vector<std::string>).
    template <typename M, typename Parse, typename = std::enable_if_t<!std::is_same_v<Parse, Type>>>
    Into(M T::*member, Type wanted, Parse parse, Type of_items = Type::text)
        : type(wanted), item(of_items), fallback(shown_default(T{}.*member, wanted)),
          read([member, parse](const Value& value, const std::string&, T& into) -> Result<void> {
              auto parsed = [&] {
                  if constexpr (std::is_invocable_v<Parse, std::string>)
                      return parse(value.text());
                  else
                      return parse(value.texts());
              }();
              if (!parsed.ok()) return value.error(parsed.error().message);
              into.*member = std::move(parsed).value();
              return {};
          }) {}

    // For more than one member, or for a value that isn't a text.
    Into(Type wanted, Result<void> (*fills)(const Value& value, T& into), std::span<const Field> below = {})
        : type(wanted), children(below),
          read([fills](const Value& value, const std::string&, T& into) { return fills(value, into); }) {}

    // For a map whose keys fill the same struct, or a struct that is a member.
    Into(const Rows<T>& rows)
        : type(Type::map), children(rows.fields()),
          read([&rows](const Value& map, const std::string& name, T& into) { return rows.read(map, into, name); }) {}
    template <typename U>
    Into(U T::*member, const Rows<U>& rows)
        : type(Type::map), children(rows.fields()),
          read([member, &rows](const Value& map, const std::string& name, T& into) {
              return rows.read(map, into.*member, name);
          }) {}
    template <typename U>
    Into(std::optional<U> T::*member, const Rows<U>& rows)
        : type(Type::map), children(rows.fields()),
          read([member, &rows](const Value& map, const std::string& name, T& into) {
              return rows.read(map, (into.*member).emplace(), name);
          }) {}
    // For a list of maps.
    template <typename U>
    Into(std::vector<U> T::*member, const Rows<U>& rows)
        : type(Type::map_list), children(rows.fields()),
          read([member, &rows](const Value& list, const std::string& name, T& into) -> Result<void> {
              for (const Value& one : list.items()) TRY_VOID(rows.read(one, (into.*member).emplace_back(), name));
              return {};
          }) {}
    // For a map with free names; each name fills `key` of its entry.
    template <typename U>
    Into(std::vector<U> T::*member, std::string U::*key, const Rows<U>& rows)
        : type(Type::open_map), children(rows.each()),
          read([member, key, &rows](const Value& map, const std::string& name, T& into) -> Result<void> {
              for (const auto& [entry, value] : map.entries()) {
                  U& one = (into.*member).emplace_back();
                  one.*key = entry;
                  TRY_VOID(rows.read(value, one, name + "." + entry));
              }
              return {};
          }) {}

    Type type;
    Type item = Type::text;
    std::span<const Field> children = {};
    std::string fallback = {};
    Read read = {};
};

template <typename T>
struct More {
    // Checks more than the type, before the value is read. Error (usage), at its place.
    Result<void> (*check)(const Value& value, const std::string& name) = nullptr;
    Place T::*place = nullptr; // gets the place of the value
    std::vector<std::string_view> allowed = {};
    Needed needed = Needed::optional;
    bool or_text = false;  // a map that may also be a single word
    bool believed = false; // see Field
};

template <typename T>
struct Row {
    std::string_view name;
    Into<T> into;
    std::string_view help;
    More<T> more = {};
};

// Rows that are allowed only with this value of the key `kind` in the same map.
template <typename T>
struct OfKind {
    std::string_view kind;
    const Rows<T>& rows;
};

// The rows of one struct. It must outlive its fields and must not move, because other rows refer to it.
template <typename T>
class Rows {
  public:
    // called after all rows, for checks that need several keys
    using Whole = Result<void> (*)(const Value& map, T& into);

    Rows(std::initializer_list<Row<T>> rows, Whole whole = nullptr) : Rows(rows, {}, whole) {}
    Rows(std::initializer_list<Row<T>> rows, std::initializer_list<OfKind<T>> kinds, Whole whole = nullptr)
        : rows_(rows), kinds_(kinds), whole_(whole) {
        for (const Row<T>& row : rows_)
            fields_.push_back({row.name,
                               row.into.type,
                               row.help,
                               row.more.allowed,
                               row.into.children,
                               row.more.needed,
                               row.more.or_text,
                               row.into.item,
                               {},
                               row.into.fallback,
                               row.more.believed});
        for (const OfKind<T>& its : kinds_) add_fields(fields_, its.rows.fields(), its.kind);
        each_ = {"", Type::map, "", {}, fields_};
    }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    std::span<const Field> fields() const { return fields_; }
    std::span<const Field> each() const { return {&each_, 1}; } // the child of an open map of such structs

    // Reads the keys in `map`; other members keep their values. Error (usage), at its place.
    Result<void> read(const Value& map, T& into, const std::string& name = {}) const {
        for (const Row<T>& row : rows_) {
            const Value value = map[row.name];
            if (!value.present()) continue;
            const std::string below = name.empty() ? std::string(row.name) : name + "." + std::string(row.name);
            if (row.more.check) TRY_VOID(row.more.check(value, below));
            if (row.more.place) into.*row.more.place = value.place();
            if (row.into.read) TRY_VOID(row.into.read(value, below, into));
        }
        for (const OfKind<T>& its : kinds_)
            if (its.kind == kind_of(map, fields_)) TRY_VOID(its.rows.read(map, into, name));
        return whole_ ? whole_(map, into) : Result<void>();
    }

  private:
    std::vector<Row<T>> rows_;
    std::vector<OfKind<T>> kinds_;
    std::vector<Field> fields_;
    Field each_;
    Whole whole_;
};

}
