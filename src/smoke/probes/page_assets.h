#pragma once
#include "read/served/answer.h"
#include <string>
#include <string_view>
#include <vector>

// Finds the files that a browser loads because of a page's HTML: scripts, style sheets, icons, pictures, sound, films.
namespace fairlead::smoke {

enum class AssetKind { script, module, style, picture, font, manifest, media, other };
std::string_view name_of(AssetKind kind); // "style sheet"

struct Asset {
    std::string url; // absolute, without its fragment
    AssetKind kind = AssetKind::other;
};

// Returns the assets in the order of the page, each URL once. `url`: the page's URL; <base href> is respected. Left
// out: addresses that aren't http or https (data:, blob:), and assets that are only used later (<template>, alternate
// style sheets).
std::vector<Asset> assets_of(std::string_view html, const std::string& url);

// Returns whether the page contains inline scripts or style sheets.
bool has_inline_code(std::string_view html);

AssetKind kind_by_name(std::string_view address); // by the extension in its path; other: unknown

// Returns why a browser rejects the answer as such an asset, by its Content-Type; empty: it accepts it.
std::string type_fault(AssetKind kind, const read::served::Answer& answer);

}
