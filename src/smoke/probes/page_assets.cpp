#include "smoke/probes/page_assets.h"
#include "base/text.h"
#include "read/served/html.h"
#include "smoke/hurl/text_filters.h"
#include "smoke/links.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::smoke {

namespace {

constexpr std::size_t most_named = 10'000, most_tags = 100'000; // of one page

// The MIME Sniffing standard, 4.6.
bool is_javascript(std::string_view type) {
    constexpr std::string_view types[] = {
        "application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
        "text/ecmascript",        "text/javascript",        "text/x-ecmascript",        "text/x-javascript",
        "text/jscript",           "text/livescript"};
    return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

std::vector<std::string> words_of(const std::string* text) {
    std::vector<std::string> words;
    if (text == nullptr) return words;
    for (const auto& word : split(replace_all(replace_all(lower(*text), "\n", " "), "\t", " "), ' '))
        if (!word.empty()) words.push_back(word);
    return words;
}

bool has_token(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

AssetKind preloaded_kind(const read::served::Tag& link) {
    const auto* as = link.attribute("as");
    const auto word = as != nullptr ? lower(trim(*as)) : "";
    if (word == "script" || word == "worker") return AssetKind::script;
    if (word == "style") return AssetKind::style;
    if (word == "image") return AssetKind::picture;
    if (word == "font") return AssetKind::font;
    return word == "audio" || word == "video" ? AssetKind::media : AssetKind::other;
}

// An attribute without its character references. Without a semicolon they are part of an address: ?a=1&copy=2.
std::string address_in(std::string_view attribute) {
    constexpr std::string_view of_reference = "#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::string address;
    while (!attribute.empty()) {
        const auto begin = std::min(attribute.find('&'), attribute.size());
        address += attribute.substr(0, begin);
        attribute.remove_prefix(begin);
        if (attribute.empty()) break;
        const auto end = std::min(attribute.find_first_not_of(of_reference, 1), attribute.size());
        const bool is_reference = end < attribute.size() && attribute[end] == ';';
        const auto piece = attribute.substr(0, is_reference ? end + 1 : end);
        address += is_reference ? hurl::html_unescaped(piece) : std::string(piece);
        attribute.remove_prefix(piece.size());
    }
    return address;
}

class AssetsOfPage {
  public:
    AssetsOfPage(std::string_view html, const std::string& url) : html_(html), base_(url) { find_base(); }

    std::vector<Asset> all() {
        read::served::Tags tags(html_);
        int templates = 0;
        for (std::size_t i = 0; i < most_tags; ++i) {
            const auto tag = tags.next();
            if (!tag) break;
            if (tag->name == "template") ++templates;
            if (tag->name == "/template" && templates > 0) --templates;
            if (templates == 0 && assets_.size() < most_named) take(*tag);
        }
        return std::move(assets_);
    }

  private:
    void find_base() {
        read::served::Tags tags(html_);
        while (const auto tag = tags.next()) {
            if (tag->name == "/head" || tag->name == "body") return;
            const auto* address = tag->name == "base" ? tag->attribute("href") : nullptr;
            if (address == nullptr) continue;
            if (auto base = resolved_url(base_, address_in(*address)); !base.empty()) base_ = std::move(base);
            return;
        }
    }

    void add(std::string_view address, AssetKind kind) {
        if (!written_.insert(std::string(address)).second) return;
        if (trim(address).empty() || trim(address).starts_with('#')) return; // nothing, or the page itself
        auto url = resolved_url(base_, address);
        if (!url.empty() && seen_.insert(url).second) assets_.push_back({std::move(url), kind});
    }
    void add_attribute(const read::served::Tag& tag, std::string_view name, AssetKind kind) {
        if (const auto* address = tag.attribute(name)) add(address_in(*address), kind);
    }
    void add_srcset(const read::served::Tag& tag, std::string_view name) {
        const auto* set = tag.attribute(name);
        if (set == nullptr) return;
        for (const auto& url : read::served::srcset_urls(address_in(*set))) add(url, AssetKind::picture);
    }

    void take_script(const read::served::Tag& tag) {
        const auto* type = tag.attribute("type");
        const auto word = type != nullptr ? lower(trim(*type)) : "";
        if (word == "module") return add_attribute(tag, "src", AssetKind::module);
        if (word.empty() || is_javascript(word)) add_attribute(tag, "src", AssetKind::script);
    }
    void take_link(const read::served::Tag& tag) {
        const auto* rel = tag.attribute("rel");
        const auto words = words_of(rel);
        if (has_token(words, "prefetch")) return take_prefetched(tag);
        if (words.empty() || !read::served::is_loading_link(*rel) || tag.attribute("disabled") != nullptr) return;
        if (has_token(words, "stylesheet") && has_token(words, "alternate")) return;
        const auto kind = has_token(words, "stylesheet")      ? AssetKind::style
                          : has_token(words, "modulepreload") ? AssetKind::module
                          : has_token(words, "manifest")      ? AssetKind::manifest
                          : has_token(words, "preload")       ? preloaded_kind(tag)
                                                              : AssetKind::picture;
        add_attribute(tag, "href", kind);
        add_srcset(tag, "imagesrcset");
    }
    // Scripts and style sheets of routes that are loaded later. What is none may be a page.
    void take_prefetched(const read::served::Tag& tag) {
        const auto* address = tag.attribute("href");
        if (address == nullptr) return;
        const auto said = preloaded_kind(tag);
        const auto kind = said == AssetKind::other ? kind_by_name(*address) : said;
        if (kind != AssetKind::other) add_attribute(tag, "href", kind);
    }
    void take(const read::served::Tag& tag) {
        if (tag.name == "script") return take_script(tag);
        if (tag.name == "link") return take_link(tag);
        if (tag.name == "style")
            for (const auto& url : read::served::css_urls(tag.text)) add(url, AssetKind::other);
        if (tag.name == "img") add_attribute(tag, "src", AssetKind::picture);
        if (tag.name == "img" || tag.name == "source") add_srcset(tag, "srcset");
        const bool plays = tag.name == "video" || tag.name == "audio" || tag.name == "source" || tag.name == "track";
        if (plays) add_attribute(tag, "src", AssetKind::media);
        if (tag.name == "video") add_attribute(tag, "poster", AssetKind::picture);
    }

    std::string_view html_;
    std::string base_;
    std::vector<Asset> assets_;
    std::set<std::string> written_, seen_;
};

}

bool has_inline_code(std::string_view html) {
    read::served::Tags tags(html);
    for (std::size_t i = 0; i < most_tags; ++i) {
        const auto tag = tags.next();
        if (!tag) return false;
        if ((tag->name == "script" || tag->name == "style") && !trim(tag->text).empty()) return true;
    }
    return false;
}

std::string_view name_of(AssetKind kind) {
    switch (kind) {
    case AssetKind::script: return "script";
    case AssetKind::module: return "module";
    case AssetKind::style: return "style sheet";
    case AssetKind::picture: return "picture";
    case AssetKind::font: return "font";
    case AssetKind::manifest: return "manifest";
    case AssetKind::media: return "media";
    case AssetKind::other: break;
    }
    return "file";
}

std::vector<Asset> assets_of(std::string_view html, const std::string& url) { return AssetsOfPage(html, url).all(); }

AssetKind kind_by_name(std::string_view address) {
    constexpr std::pair<std::string_view, AssetKind> endings[] = {
        {".js", AssetKind::script},   {".mjs", AssetKind::module},   {".css", AssetKind::style},
        {".png", AssetKind::picture}, {".jpg", AssetKind::picture},  {".jpeg", AssetKind::picture},
        {".gif", AssetKind::picture}, {".webp", AssetKind::picture}, {".svg", AssetKind::picture},
        {".ico", AssetKind::picture}, {".woff", AssetKind::font},    {".woff2", AssetKind::font}};
    const auto path = lower(address.substr(0, address.find_first_of("?#")));
    for (const auto& [ending, kind] : endings)
        if (path.ends_with(ending)) return kind;
    return AssetKind::other;
}

// Fetch, 2.2.6 and "should response to request be blocked due to its MIME type"; HTML, 8.1.4.2 for modules.
std::string type_fault(AssetKind kind, const read::served::Answer& answer) {
    const auto whole = answer.value("Content-Type");
    const auto type = lower(trim(std::string_view(whole).substr(0, whole.find(';'))));
    const auto said = type.empty() ? "comes without Content-Type" : "comes as " + read::served::shown_word(type);
    const bool is_script = kind == AssetKind::script || kind == AssetKind::module;
    if (type == "text/html" || type == "application/xhtml+xml")
        return fmt::format("{}: it is a page, perhaps the one that an application serves for each unknown path", said);
    const bool exact = lower(answer.value("X-Content-Type-Options")) == "nosniff" || kind == AssetKind::module;
    const bool guessed = !exact && (type.empty() || type == "text/plain" || type == "application/octet-stream");
    if (is_script && !is_javascript(type) && !guessed) return said + ", expected text/javascript";
    if (kind == AssetKind::style && type != "text/css" && !(type.empty() && !exact))
        return said + ", expected text/css";
    const bool is_text = type.starts_with("text/") || type == "application/json";
    const bool is_sniffed = type == "text/plain" && !exact; // MIME Sniffing, 8.2, as for a type that isn't sent
    if (kind == AssetKind::picture && is_text && !is_sniffed) return said + ", expected a picture";
    if (kind == AssetKind::font && is_text) return said + ", expected a font";
    return {};
}

}
