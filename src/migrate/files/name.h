#pragma once
#include <optional>
#include <string>
#include <string_view>

// Reads a migration's version, name and direction from its file name.
namespace fairlead::migrate::files {

enum class Layout {
    // 20260101120000_name.up.sql, .down.sql (also golang-migrate's), or 20260101120000_name.sql for both directions,
    // with no further dot
    plain,
    flyway, // V1_2__name.sql, U1_2__name.sql
};

enum class Way { up, down, both };

struct FileName {
    std::string version; // in the form of plain_version()
    std::string name;
    Way way = Way::up;
};

// `file`: the last component of a path. Nothing: it is not a migration's name.
std::optional<FileName> parse_name(std::string_view file, Layout layout);

// Returns the form that is compared and stored: "0042" is "42", Flyway's "1_02.0" is "1.2". Nothing: it is not a
// version.
std::optional<std::string> plain_version(std::string_view text);

// Compares by number: 9 is before 10, and 1.9 before 1.10. Both are in plain form.
bool is_before(std::string_view one, std::string_view other);

}
