#pragma once
#include "base/result.h"
#include "base/time.h"
#include <optional>
#include <string>
#include <string_view>

// Names of a set's objects in a store. All objects of a set begin with the same stem, which is the set's id:
//   compat  shop_backup_20260131_101500.sql.gz, for further sources shop_backup_20260131_101500.uploads.tar
//   plain   backup_20260131_101500.sql
//   set     shop/20260131T101500Z/db.dump.zst
// There are also STEM.manifest.json, STEM.begun (while the set is made), STEM.restoring.9f1c (during a restore),
// STEM.keep and STEM.verify.20260201T031500Z.3.passed.json. Times are UTC. The second set of the same second ends in
// _2. The manifest's name has the environment, if any: STEM.production.manifest.json. In plain style, it has the app as
// well: backup_20260131_101500.shop@production.manifest.json. So several apps and environments may share a store.
namespace fairlead::backup {

enum class Style { compat, plain, set };
Result<Style> parse_style(std::string_view name); // Error: usage

Result<void> check_app(std::string_view app); // Error (usage): the name can't be part of a file's name

using Seconds = std::chrono::sys_seconds;

std::string stamp(Seconds time); // "20260131T101500Z"
std::optional<Seconds> parse_stamp(std::string_view text);

std::string stem(Style style, std::string_view app, Seconds time, int again = 1);
// `first`: it is the set's first source. `ending`: "sql.gz", for example.
std::string data_name(Style style, const std::string& stem, bool first, const std::string& source,
                      const std::string& ending);
// The app and the environment that a set belongs to.
struct Owner {
    Owner(std::string of_app, std::string of_environment = "")
        : app(std::move(of_app)), environment(std::move(of_environment)) {}
    std::string app, environment; // an empty environment: no environment was named
};
std::string tag_of(Style style, const Owner& owner); // "production", "shop@production"; empty: the name has no tag
std::string manifest_name(const std::string& stem, const std::string& tag = "");
// Returns the name of a manifest's signature. A key rotation writes signature 2 before it replaces the manifest, and
// signature 1 afterwards.
std::string signature_name(const std::string& manifest, int which = 1);
std::string keep_name(const std::string& stem);
// Returns a file's name after one more key rotation: "db.sql.gz.age" becomes "db.sql.gz.2.age", then "db.sql.gz.3.age".
std::string after_rotation(const std::string& name);
std::string before_rotation(const std::string& name); // the name before the first rotation
std::string begun_name(const std::string& stem);
// name of the mark that a restoring process sets, so that prune keeps the set
std::string restoring_name(const std::string& stem, const std::string& mark);

struct Verification {
    SystemTime at;
    int level = 0;
    bool passed = false;
    bool operator==(const Verification&) const = default;
};
std::string verification_name(const std::string& stem, const Verification& verification);

// The meaning of an object's name.
struct Named {
    enum class What { data, manifest, signature, verification, keep, begun, restoring };
    std::string stem;
    Style style = Style::compat;
    Seconds time;
    What what = What::data;
    Verification verification = {}; // if it is a verification
    std::string tag = {};           // if it is a manifest
};
// Nothing: no object of that app has such a name.
std::optional<Named> parse_name(std::string_view name, std::string_view app);
// Returns the owner of the set whose manifest has this name. Nothing: it is not a manifest's name, or the name doesn't
// contain the owner.
std::optional<Owner> owner_of_manifest(std::string_view name);

}
