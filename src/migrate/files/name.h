#pragma once
#include <optional>
#include <string>
#include <string_view>

// The name of a migration's file tells its version, its name and which way it goes.
namespace fairlead::migrate::files {

enum class Layout {
    plain,  // 20260101120000_name.up.sql, .down.sql (golang-migrate's, too), or 20260101120000_name.sql for both ways,
            // with no further dot
    flyway, // V1_2__name.sql, U1_2__name.sql
};

enum class Way { up, down, both };

struct FileName {
    std::string version; // as plain_version() writes it
    std::string name;
    Way way = Way::up;
};

// Of a file's last component; nothing: it is no migration's name.
std::optional<FileName> parse_name(std::string_view file, Layout layout);

// As everybody compares and stores it: "0042" is "42", Flyway's "1_02.0" is "1.2". Nothing: it is no version.
std::optional<std::string> plain_version(std::string_view text);

// By number, 9 before 10 and 1.9 before 1.10; both are plain.
bool is_before(std::string_view one, std::string_view other);

}
