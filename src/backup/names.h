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
// and beside these STEM.manifest.json, STEM.begun (while it is made), STEM.restoring.9f1c (while somebody does),
// STEM.keep and STEM.verify.20260201T031500Z.3.passed.json. Times are UTC; of two in one second the second ends in _2.
// What is made for an environment has it in its manifest's name, STEM.production.manifest.json, and in plain style the
// app, too: backup_20260131_101500.shop@production.manifest.json. So a store may be shared.
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
// Whose a set is.
struct Owner {
    Owner(std::string of_app, std::string of_environment = "")
        : app(std::move(of_app)), environment(std::move(of_environment)) {}
    std::string app, environment; // an empty environment: none was named
};
std::string tag_of(Style style, const Owner& owner); // "production", "shop@production"; empty: none
std::string manifest_name(const std::string& stem, const std::string& tag = "");
// Of a manifest of that name. A rotation writes the second one before it replaces the manifest, and then the first.
std::string signature_name(const std::string& manifest, int which = 1);
std::string keep_name(const std::string& stem);
// Whose keys were rotated: "db.sql.gz.age" becomes "db.sql.gz.2.age", then "db.sql.gz.3.age".
std::string after_rotation(const std::string& name);
std::string before_rotation(const std::string& name); // the first one's
std::string begun_name(const std::string& stem);
std::string restoring_name(const std::string& stem, const std::string& mark); // by one process; prune leaves the set

struct Verification {
    SystemTime at;
    int level = 0;
    bool passed = false;
    bool operator==(const Verification&) const = default;
};
std::string verification_name(const std::string& stem, const Verification& verification);

// What an object of ours is.
struct Named {
    enum class What { data, manifest, signature, verification, keep, begun, restoring };
    std::string stem;
    Style style = Style::compat;
    Seconds time;
    What what = What::data;
    Verification verification = {}; // of one
    std::string tag = {};           // of a manifest
};
// Nothing: it is not a name that we give for that app.
std::optional<Named> parse_name(std::string_view name, std::string_view app);
// Whose set a manifest of that name is of. Nothing: it is none of ours, or the name doesn't tell.
std::optional<Owner> owner_of_manifest(std::string_view name);

}
