#include "base/text.h"
#include "base/url.h"
#include "config/rows.h"
#include "smoke/probes/page_assets.h"
#include "smoke/probes/web.h"
#include "smoke/secrets.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// Everything that a page names loads.
namespace fairlead::smoke {

namespace {

struct AssetsProbe {
    std::string get = "/";
    bool same_host_only = true;
    std::int64_t limit = 100;
};

const config::Rows<AssetsProbe> assets_rows = {
    {"get", &AssetsProbe::get, "Path or URL of the page."},
    {"same_host_only", &AssetsProbe::same_host_only,
     "Whether files of other hosts are left out; default: true. They never get credentials."},
    {"limit", {&AssetsProbe::limit, Type::up_to_1000}, "Most files that are asked for."},
};

constexpr std::string_view rule_assets = "smoke/assets";

// What became of one file.
struct Loaded {
    bool was_asked = false;
    std::string fault; // empty: it loads
    Sent sent;         // if it doesn't
};

class AssetsLook {
  public:
    AssetsLook(const AssetsProbe& probe, const Check& check, const World& world)
        : probe_(probe), web_(check, world), url_(check.url) {}

    Attempt all() {
        constexpr std::size_t longest_page = 4u << 20;
        auto page = web_.prepare(url_);
        page.request.body_limit = longest_page;
        web_.send(page);
        hide_received(page.response);
        if (auto none = web_.no_answer(page)) return web_.wrong(std::move(page), {std::move(*none)});
        if (!read::served::is_html(page.answer())) {
            const auto type = served_text(page.response.header("content-type"));
            return refused(std::move(page),
                           fmt::format("is not a page: its Content-Type is '{}', expected text/html", type));
        }
        choose(page);
        if (assets_.empty() && has_inline_code(page.response.body)) return conclude(std::move(page));
        if (assets_.empty())
            return refused(std::move(page),
                           others_ == 0
                               ? "the page names no script, style sheet or picture; is it the right page?"
                               : fmt::format("the page names {} file{}, all of other hosts, so none was asked for; "
                                             "same_host_only: false asks for these, too",
                                             others_, others_ == 1 ? "" : "s"));
        several_at_once(web_, assets_.size(), [&](std::size_t i) { load(assets_[i], loaded_[i]); });
        return conclude(std::move(page));
    }

  private:
    Attempt refused(Sent page, std::string message) const {
        return web_.wrong(std::move(page), {{std::string(rule_assets), std::move(message)}});
    }

    void choose(const Sent& page) {
        assets_ = assets_of(page.response.body, page.url);
        const auto host = parse_url(page.url).value_or({}).host;
        if (probe_.same_host_only)
            others_ = std::erase_if(assets_,
                                    [&](const Asset& asset) { return parse_url(asset.url).value_or({}).host != host; });
        named_ = assets_.size();
        assets_.resize(std::min(assets_.size(), static_cast<std::size_t>(probe_.limit)));
        loaded_.resize(assets_.size());
    }

    void load(const Asset& asset, Loaded& loaded) const {
        constexpr int most_redirects = 5;
        constexpr std::size_t enough = 64u << 10, head = 4096; // of a film; of what is shown
        loaded.was_asked = true;
        auto url = asset.url;
        for (int redirects = 0;; ++redirects) {
            auto sent = web_.prepare(url);
            if (asset.kind == AssetKind::media) sent.request.body_limit = enough;
            web_.send(sent);
            const auto& response = sent.response;
            const bool redirect = response.status >= 300 && response.status < 400;
            const bool is_clear = redirect && read::served::location_fault(sent.answer()).empty();
            const auto target = is_clear ? resolved_url(url, response.header("location")) : std::string();
            if (target.empty() || redirects == most_redirects) {
                loaded.fault = fault_of(asset, sent);
                if (loaded.fault.empty()) return;
                hide_received(sent.response);
                sent.response.body.resize(std::min(sent.response.body.size(), head));
                loaded.fault = fault_of(asset, sent);
                loaded.sent = std::move(sent);
                return;
            }
            url = target;
        }
    }

    std::string fault_of(const Asset& asset, const Sent& sent) const {
        const auto& response = sent.response;
        const bool is_long = response.failure == sys::HttpFailure::too_large && response.reason.starts_with("the body");
        const auto via = sent.url == asset.url ? "" : " after a redirect to " + served_text(sent.url);
        if (response.failure != sys::HttpFailure::none && !is_long)
            return fmt::format("doesn't load{}: {}", via, served_text(response.reason));
        if (response.status >= 300 && response.status < 400)
            if (const auto fault = read::served::location_fault(sent.answer()); !fault.empty())
                return fmt::format("answers {}{} and {}", response.status, via, fault);
        if (response.status < 200 || response.status >= 300) return fmt::format("answers {}{}", response.status, via);
        if (url_.starts_with("https://") && !sent.url.starts_with("https://"))
            return "is named by http on an https page, so browsers block it";
        const auto fault = type_fault(asset.kind, sent.answer());
        return fault.empty() ? fault : fault + via;
    }

    // Of the page's own server the path says enough.
    std::string shown(const Asset& asset) const {
        const bool own = sys::origin_of(asset.url) == sys::origin_of(url_);
        const auto path = std::min(asset.url.find('/', asset.url.find("://") + 3), asset.url.size());
        return fmt::format("{} ({})", served_text(own ? asset.url.substr(path) : asset.url), name_of(asset.kind));
    }

    Attempt conclude(Sent page) {
        std::vector<Mismatch> faults;
        std::size_t asked = 0;
        Loaded* worst = nullptr; // the first one that trying again won't help, else the first one
        bool is_broken = false;
        for (std::size_t i = 0; i < assets_.size(); ++i) {
            asked += loaded_[i].was_asked ? 1 : 0;
            if (loaded_[i].fault.empty()) continue;
            faults.push_back({std::string(rule_assets), fmt::format("{} {}", shown(assets_[i]), loaded_[i].fault)});
            const bool broken =
                judged(loaded_[i].sent.response, faults.back(), web_.world()).outcome != Outcome::starting;
            if (worst == nullptr || (broken && !is_broken)) {
                worst = &loaded_[i];
                std::rotate(faults.begin(), std::prev(faults.end()), faults.end()); // its request is shown with it
            }
            is_broken = is_broken || broken;
        }
        if (!faults.empty())
            faults.front().message =
                fmt::format("{} of {} files fail: {}", faults.size(), asked, faults.front().message);
        if (asked < assets_.size())
            faults.push_back({std::string(rule_assets),
                              fmt::format("the time of one attempt was over when {} of {} files were asked for; raise "
                                          "defaults.timeout, or lower limit",
                                          asked, assets_.size())});
        const bool only_late = worst == nullptr && !faults.empty();
        if (assets_.size() < named_)
            faults.push_back(
                {std::string(rule_assets), fmt::format("the page names {} files, and only {} were asked for; "
                                                       "raise limit",
                                                       named_, assets_.size())});
        auto attempt = faults.empty() ? web_.good(std::move(page))
                                      : web_.wrong(worst == nullptr ? std::move(page) : std::move(worst->sent), faults);
        if (only_late) attempt.outcome = Outcome::starting;
        attempt.facts.emplace_back("files", fmt::format("{} of {} asked for", asked, named_));
        if (others_ > 0) attempt.facts.emplace_back("of other hosts", fmt::format("{}, not asked for", others_));
        return attempt;
    }

    const AssetsProbe& probe_;
    const Web web_;
    const std::string url_;
    std::vector<Asset> assets_;
    std::vector<Loaded> loaded_;
    std::size_t others_ = 0, named_ = 0;
};

Result<Question> read_assets(const config::Value& value, const std::string& base) {
    auto probe = TRY(settings_of(value, assets_rows, &AssetsProbe::get));
    auto url = TRY(url_for(value, "get", probe.get, base));
    return Question{std::move(url),
                    [probe](const Check& check, const World& world) { return AssetsLook(probe, check, world).all(); },
                    true};
}

}

const Probe& assets_probe() {
    static const Probe row{"assets",    "Everything that a page names loads: scripts, style sheets, pictures ...",
                           "get",       [] { return assets_rows.fields(); },
                           read_assets, [](const config::Value& value) { return is_path_in(value, "get"); }};
    return row;
}

}
