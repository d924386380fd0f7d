#include "base/text.h"
#include "config/rows.h"
#include "smoke/probes/page_assets.h"
#include "smoke/probes/values.h"
#include "smoke/probes/web.h"
#include "smoke/secrets.h"
#include "smoke/settings/expect_rows.h"
#include "smoke/settings/probes.h"
#include "sys/data/inflate.h"
#include "sys/http/decode.h"
#include <algorithm>
#include <fmt/format.h>

// How an answer is compressed, how long it may be kept, and whether a kept one can be confirmed (RFC 9110, RFC 9111).
namespace fairlead::smoke {

namespace {

struct CacheProbe {
    std::string get = "/";
    bool compressed = false, revalidates = false;
    std::optional<Matcher> cache_control;
    std::optional<Milliseconds> max_age;
};

const config::Rows<CacheProbe> cache_rows = {
    {"get", &CacheProbe::get, "Path or URL."},
    {"compressed", &CacheProbe::compressed, "Whether it must come compressed: gzip, br or zstd."},
    {"cache_control",
     {&CacheProbe::cache_control, Type::text, parse_expected},
     "The expected Cache-Control, matched as a header of a check.",
     {.check = check_no_control}},
    {"max_age",
     {&CacheProbe::max_age, Type::duration, parse_duration},
     "Shortest time that browsers keep it.",
     {.check = check_whole_second}},
    {"revalidates", &CacheProbe::revalidates, "Whether a copy is confirmed by 304: ETag or Last-Modified."},
};

constexpr std::string_view rule_cache = "smoke/cache";

// The codings that can be read here.
std::string asked_codings() { return sys::brotli_inflater() ? "gzip, br, zstd" : "gzip, zstd"; }

bool is_packed(std::string_view type) {
    constexpr std::string_view packed[] = {
        "image/png",       "image/jpeg",       "image/gif", "image/webp", "image/avif",           "font/woff",
        "application/zip", "application/gzip", "video/",    "audio/",     "application/font-woff"};
    return std::any_of(std::begin(packed), std::end(packed), [&](auto start) { return type.starts_with(start); });
}

std::string compression_fault(const Sent& sent, std::vector<std::pair<std::string, std::string>>& facts) {
    const auto codings = join(sent.answer().values("Content-Encoding"), ", ");
    const auto& body = sent.response.body;
    const auto type = lower(sent.response.header("content-type"));
    if ((codings.empty() || lower(codings) == "identity") && is_packed(type))
        return fmt::format(
            "{} is a compressed format already, so servers don't compress it again; leave out compressed",
            served_text(type));
    constexpr std::size_t small = 1500; // gzip_min_length of nginx and others is at most as large, usually
    if (codings.empty() || lower(codings) == "identity")
        return fmt::format("{} bytes of {} come uncompressed, although {} was accepted; {}", body.size(),
                           served_text(sent.response.header("content-type")), asked_codings(),
                           body.size() < small ? "servers leave small files as they are; ask for a larger one"
                                               : "turn compression on for this type");
    for (const auto& one : split(codings, ',')) {
        const auto coding = lower(trim(std::string_view(one)));
        if (coding != "gzip" && coding != "br" && coding != "zstd" && coding != "identity")
            return fmt::format("comes with Content-Encoding {}, which was not accepted ({})", served_text(codings),
                               asked_codings());
    }
    if (body.empty()) return fmt::format("comes with Content-Encoding {} and an empty body", served_text(codings));
    const auto plain = sys::decode_body(body, codings, sent.request.body_limit);
    if (!plain.ok()) return fmt::format("comes with Content-Encoding {}, but {}", codings, plain.error().message);
    facts.emplace_back("compressed", fmt::format("{} to {} bytes ({})", plain.value().size(), body.size(), codings));
    return {};
}

std::string age_fault(const read::served::Answer& answer, Milliseconds wanted) {
    const auto sent = join(answer.values("Cache-Control"), ", ");
    if (sent.empty()) return "sends no Cache-Control; without it each browser decides for itself";
    const auto words = lower(sent);
    for (const auto* word : {"no-store", "no-cache"})
        if (words.find(word) != words.npos)
            return fmt::format("sends Cache-Control: {}; with {} a copy is never used without asking",
                               served_text(sent), word);
    const auto age = read::served::max_age(sent);
    if (!age) return fmt::format("sends Cache-Control: {}, without max-age", served_text(sent));
    const auto least = std::chrono::duration_cast<std::chrono::seconds>(wanted).count();
    if (*age >= least) return {};
    return fmt::format("may be kept for {} s (max-age), at least {} s expected", *age, least);
}

class CacheLook {
  public:
    CacheLook(const CacheProbe& probe, const Check& check, const World& world)
        : probe_(probe), web_(check, world), url_(check.url) {}

    Attempt all() {
        auto sent = ask();
        if (auto none = web_.no_answer(sent)) return web_.wrong(std::move(sent), {std::move(*none)});
        const auto answer = sent.answer();
        if (const auto kind = kind_by_name(url_); kind != AssetKind::other) add(type_fault(kind, answer));
        if (probe_.compressed) add(compression_fault(sent, facts_));
        if (probe_.cache_control) judge_control(answer);
        if (probe_.max_age) add(age_fault(answer, *probe_.max_age));
        if (probe_.revalidates) judge_confirmation(answer);
        if (second_) sent = std::move(*second_);
        auto attempt = faults_.empty() ? web_.good(std::move(sent)) : web_.wrong(std::move(sent), std::move(faults_));
        attempt.facts = std::move(facts_);
        return attempt;
    }

  private:
    // Its body stays as it was sent.
    Sent ask(const std::vector<std::pair<std::string, std::string>>& headers = {}) const {
        auto sent = web_.prepare(url_);
        sent.request.exact = true;
        std::erase_if(sent.request.headers,
                      [](const auto& header) { return lower(header.first) == "accept-encoding"; });
        if (probe_.compressed) sent.request.headers.emplace_back("Accept-Encoding", asked_codings());
        sent.request.headers.insert(sent.request.headers.end(), headers.begin(), headers.end());
        web_.send(sent);
        hide_received(sent.response);
        return sent;
    }
    void add(std::string fault) {
        if (!fault.empty()) faults_.push_back({std::string(rule_cache), std::move(fault)});
    }

    void judge_control(const read::served::Answer& answer) {
        const auto values = answer.values("Cache-Control");
        const auto sent = join(values, ", ");
        const bool fits = matches(*probe_.cache_control, sent) && (!values.empty() || probe_.cache_control->negated);
        if (fits) return;
        add(fmt::format("Cache-Control {}, expected {}",
                        values.empty() ? "is not there" : "is '" + served_text(sent) + "'",
                        describe(*probe_.cache_control)));
    }

    void judge_confirmation(const read::served::Answer& answer) {
        const auto control = lower(join(answer.values("Cache-Control"), ","));
        if (control.find("no-store") != control.npos)
            return add("sends Cache-Control: no-store, so no browser keeps a copy that could be confirmed");
        std::vector<std::pair<std::string, std::string>> conditions;
        if (const auto tag = answer.value("ETag"); !tag.empty()) conditions.emplace_back("If-None-Match", tag);
        if (const auto time = answer.value("Last-Modified"); !time.empty())
            conditions.emplace_back("If-Modified-Since", time);
        if (conditions.empty()) return add("sends neither ETag nor Last-Modified, so no copy can be confirmed");
        auto sent = ask(conditions);
        const bool is_first_fault = faults_.empty();
        if (auto none = web_.no_answer(sent, {}); none) {
            faults_.push_back(std::move(*none));
        } else if (const auto status = sent.response.status; status != 304) {
            add(fmt::format("asked again with {} '{}', it answers {} instead of 304{}", conditions.front().first,
                            served_text(conditions.front().second), status,
                            status == 200 ? ", and the whole body" : ""));
        } else {
            return;
        }
        if (is_first_fault) second_ = std::move(sent);
    }

    const CacheProbe& probe_;
    const Web web_;
    const std::string url_;
    std::optional<Sent> second_; // the request that asks again, if the first fault is its own
    std::vector<Mismatch> faults_;
    std::vector<std::pair<std::string, std::string>> facts_;
};

Result<Question> read_cache(const config::Value& value, const std::string& base) {
    auto probe = TRY(settings_of(value, cache_rows, &CacheProbe::get));
    const bool expects = probe.compressed || probe.revalidates || probe.cache_control || probe.max_age;
    if (!expects) return value.error("cache expects nothing; write compressed, cache_control, max_age or revalidates");
    auto url = TRY(url_for(value, "get", probe.get, base));
    return Question{std::move(url),
                    [probe](const Check& check, const World& world) { return CacheLook(probe, check, world).all(); },
                    true};
}

}

const Probe& cache_probe() {
    static const Probe row{"cache",    "Compression and caching: Content-Encoding, Cache-Control, ETag, 304.",
                           "get",      [] { return cache_rows.fields(); },
                           read_cache, [](const config::Value& value) { return is_path_in(value, "get"); }};
    return row;
}

}
