#pragma once
#include "read/served/answer.h"
#include <string>
#include <string_view>
#include <vector>

// What a browser loads for a page, by its HTML alone: scripts, style sheets, icons, pictures, sound, films.
namespace fairlead::smoke {

enum class AssetKind { script, module, style, picture, font, manifest, media, other };
std::string_view name_of(AssetKind kind); // "style sheet"

struct Asset {
    std::string url; // absolute, without its fragment
    AssetKind kind = AssetKind::other;
};

// In the order of the page, each URL once. `url` is that of the page; its <base href> counts. Addresses that aren't
// http or https (data:, blob:) are left out, and so is what only runs or shows later (<template>, alternate style
// sheets).
std::vector<Asset> assets_of(std::string_view html, const std::string& url);

// Whether the page has a script or a style sheet of its own, between its tags.
bool has_inline_code(std::string_view html);

AssetKind kind_by_name(std::string_view address); // by the ending of its path; other: it says nothing

// Why a browser doesn't take the answer for such an asset, by its Content-Type; empty: it does.
std::string type_fault(AssetKind kind, const read::served::Answer& answer);

}
