#pragma once
#include "base/result.h"
#include "base/time.h"
#include <optional>
#include <string>
#include <string_view>

// How the objects of a set are called in a store. All of one set begin with the same stem, which is its id:
//   compat  shop_backup_20260131_101500.sql.gz, and of further sources shop_backup_20260131_101500.uploads.tar
//   plain   backup_20260131_101500.sql
//   set     shop/20260131T101500Z/db.dump.zst
// and beside these STEM.manifest.json, STEM.begun (while it is made), STEM.keep and
// STEM.verify.20260201T031500Z.3.passed.json. Times are UTC; of two in one second the second ends in _2.
namespace fairlead::backup {

enum class Style { compat, plain, set };
Result<Style> parse_style(std::string_view name); // usage

Result<void> check_app(std::string_view app); // usage: one that can't be part of a file's name

using Seconds = std::chrono::sys_seconds;

std::string stamp(Seconds time); // "20260131T101500Z"
std::optional<Seconds> parse_stamp(std::string_view text);

std::string stem(Style style, std::string_view app, Seconds time, int again = 1);
// Of the set's first source `first` says so; `ending` is "sql.gz".
std::string data_name(Style style, const std::string& stem, bool first, const std::string& source,
                      const std::string& ending);
std::string manifest_name(const std::string& stem);
std::string keep_name(const std::string& stem);
std::string begun_name(const std::string& stem);

struct Verification {
    SystemTime at;
    int level = 0;
    bool passed = false;
    bool operator==(const Verification&) const = default;
};
std::string verification_name(const std::string& stem, const Verification& verification);

// What an object of ours is.
struct Named {
    enum class What { data, manifest, verification, keep, begun };
    std::string stem;
    Style style = Style::compat;
    Seconds time;
    What what = What::data;
    Verification verification = {}; // of one
};
// Nothing: it is not a name that we give for that app.
std::optional<Named> parse_name(std::string_view name, std::string_view app);
// Whose set a manifest of that name is of; empty: nobody's, or the name doesn't tell.
std::string app_of_manifest(std::string_view name);

}
