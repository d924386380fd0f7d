#include "smoke/hurl/play.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "smoke/hurl/answer.h"
#include "smoke/hurl/cookies.h"
#include "smoke/hurl/judge_entry.h"
#include "smoke/hurl/limits.h"
#include "smoke/hurl/redirect.h"
#include "smoke/retry.h"
#include "smoke/secrets.h"
#include "smoke/shown.h"
#include "sys/files/log.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

using Cause = Fault::Cause;
constexpr Milliseconds wait_for_start{500};
using Headers = std::vector<std::pair<std::string, std::string>>;

bool has_header(const Headers& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& one) { return lower(one.first) == lower(name); });
}

class Player {
  public:
    Player(const File& file, const Stage& stage, Scope& scope)
        : file_(file), stage_(stage), scope_(scope), is_waiting_(stage.is_starting != nullptr) {}
    Result<Played> play_entry(const Entry& entry);

  private:
    // The answer, or why there is none.
    struct Asked {
        std::optional<Answer> answer;
        std::vector<Fault> faults;
        sys::HttpResponse incomplete = {}; // instead of an answer
    };
    Milliseconds left() const { return std::chrono::duration_cast<Milliseconds>(stage_.end - stage_.clock.steady()); }
    bool is_over() const { return given_up() || left() < smallest_attempt; }
    bool given_up() const { return sys::stop_requested() || (stage_.cancel != nullptr && stage_.cancel->is_asked()); }
    void pause(Milliseconds wanted) const;
    Result<Settings> settings_of(const Entry& entry);
    Result<void> set(Settings& settings, const OptionUse& use);
    Result<Asked> ask_once(const Entry& entry, const Settings& settings, Played& played);
    Result<sys::HttpResponse> send(const Message& message, const Headers& headers, const Settings& settings,
                                   bool looks_at_tls);
    Result<Asked> follow(const Entry& entry, Message message, const Settings& settings);
    Headers headers_of(const Message& message, bool is_same_origin) const;
    Result<Played> one_round(const Entry& entry, const Settings& settings, Played played);
    void deliver(const Settings& settings, Answer& answer, Played& played);
    Moment now() const { return std::chrono::time_point_cast<std::chrono::microseconds>(stage_.clock.now()); }

    const File& file_;
    const Stage& stage_;
    Scope& scope_;
    CookieStore cookies_;
    sys::HttpRequest sent_; // the last one
    Milliseconds wait_{0};  // before it is sent again
    bool is_waiting_;       // for the first answer of a service that is starting
};

// In pieces, because another file's failure or a signal may end it.
void Player::pause(Milliseconds wanted) const {
    constexpr Milliseconds piece{50};
    for (auto rest = std::min(wanted, left()); rest.count() > 0 && !given_up(); rest -= piece)
        stage_.clock.sleep(std::min(rest, piece));
}

Result<void> Player::set(Settings& settings, const OptionUse& use) {
    const auto* text = std::get_if<Template>(&use.value.is);
    Value value;
    if (text) {
        auto written = TRY(rendered(*text, scope_, file_));
        value = Value{std::move(written)};
    } else if (const auto* placeholder = std::get_if<Placeholder>(&use.value.is)) {
        value = TRY(value_of(*placeholder, scope_, file_));
    } else {
        value = std::get<Value>(use.value.is);
    }
    if (use.row->kind == OptionKind::variable) {
        if (is_function(use.variable))
            return usage(fmt::format("'{}' is a function of Hurl; give the variable another name", use.variable),
                         file_.place(use.spot));
        const auto* written = value.as<std::string>();
        const auto* placeholder = text && text->pieces.size() == 1 && text->pieces[0].kind == Piece::Kind::placeholder
                                      ? scope_.find(text->pieces[0].text)
                                      : nullptr;
        scope_.set(use.variable, placeholder ? *placeholder : use.is_quoted ? value : typed(*written));
        return {};
    }
    const bool is_typed = use.row->kind == OptionKind::boolean || use.row->kind == OptionKind::integer;
    if (is_typed && value.as<std::string>())
        return usage(fmt::format("option '{}' needs {}, and the variable is {}", use.row->name,
                                 use.row->kind == OptionKind::boolean ? "true or false" : "a whole number",
                                 describe(value)),
                     file_.place(use.value.spot));
    auto done = set_option(settings, *use.row, value);
    if (!done.ok())
        return usage(fmt::format("option '{}': {}", use.row->name, done.error().message), file_.place(use.value.spot));
    return {};
}

Result<Settings> Player::settings_of(const Entry& entry) {
    auto settings = stage_.settings;
    for (const auto& use : entry.request.options) TRY_VOID(set(settings, use));
    return settings;
}

// Another host hears nothing that lets in.
Headers Player::headers_of(const Message& message, bool is_same_origin) const {
    Headers headers;
    const auto is_replaced = [&](const auto& header) {
        return message.type_counts && lower(header.first) == "content-type";
    };
    for (const auto& header : message.headers)
        if ((is_same_origin || !is_secret_header(header.first, header.second)) && !is_replaced(header))
            headers.push_back(header);
    if (!message.basic_auth.empty() && is_same_origin) headers.emplace_back("Authorization", message.basic_auth);
    if (!message.user.empty() && is_same_origin && !has_header(headers, "Authorization"))
        headers.emplace_back("Authorization", message.user);
    if (!message.type.empty() && !has_header(headers, "Content-Type"))
        headers.emplace_back("Content-Type", message.type);
    return headers;
}

Result<sys::HttpResponse> Player::send(const Message& message, const Headers& headers, const Settings& settings,
                                       bool looks_at_tls) {
    sent_ = {};
    auto& request = sent_;
    request.method = message.method;
    request.url = message.url;
    request.headers = headers;
    if (settings.compressed && !has_header(headers, "Accept-Encoding"))
        request.headers.emplace_back("Accept-Encoding", "gzip, deflate, br");
    if (!settings.user_agent.empty() && !has_header(headers, "User-Agent"))
        request.headers.emplace_back("User-Agent", settings.user_agent);
    request.body = message.body;
    request.exact = true;
    request.timeout = std::min(settings.max_time, left());
    request.rest_of_deadline = left() < settings.max_time;
    request.connect_timeout = std::min(settings.connect_timeout, request.timeout);
    request.cancel = stage_.cancel;
    request.keep_handshake = looks_at_tls;
    request.insecure = settings.insecure;
    request.ca_file = settings.cacert.empty() ? stage_.ca_file : settings.cacert;
    request.certificate = settings.cert;
    request.key = settings.key;
    request.proxy = settings.proxy;
    request.no_proxy = settings.no_proxy;
    request.resolve = settings.resolve;
    request.connect_to = settings.connect_to;
    request.socket = settings.unix_socket;
    request.version = settings.version;
    request.addresses = settings.addresses;
    request.path_as_is = settings.path_as_is;
    request.body_limit = stage_.body_limit;
    for (const auto& [name, value] : request.headers) register_header(name, value);
    register_url(request.url);
    const auto log = settings.verbose ? sys::log_info : sys::log_debug;
    log(fmt::format("{} {}", request.method, request.url));
    if (stage_.readdress) stage_.readdress(request);
    auto response = stage_.http.send(request);
    if (response.ok()) response->redirect = redirect_target(response.value(), message.url);
    if (response.ok() && request.url != message.url) // the redirect of an address that is not the URL's
        response->redirect = in_place_of(response->redirect, request.url, message.url);
    if (response.ok())
        log(fmt::format("{} in {}",
                        response->failure == sys::HttpFailure::none ? std::to_string(response->status)
                                                                    : response->reason,
                        format_duration(response->total)));
    return response;
}

bool wants_certificate(const Entry& entry) {
    const auto is_certificate = [](const auto& one) { return one.query.kind == Query::Kind::certificate; };
    return entry.response &&
           (std::any_of(entry.response->asserts.begin(), entry.response->asserts.end(), is_certificate) ||
            std::any_of(entry.response->captures.begin(), entry.response->captures.end(), is_certificate));
}

Result<Player::Asked> Player::follow(const Entry& entry, Message message, const Settings& settings) {
    const auto& spot = entry.request.url.spot;
    Answer answer;
    answer.body_limit = stage_.body_limit;
    const auto fault = [&](std::string text) {
        return Asked{{}, {Fault{Cause::target, "smoke/connect", std::move(text), spot}}, std::move(answer.response)};
    };
    const auto first_origin = sys::origin_of(message.url);
    for (;;) {
        const bool is_same_origin = settings.location_trusted || sys::origin_of(message.url) == first_origin;
        if (!is_same_origin && mask(message.body) != message.body)
            return fault(
                fmt::format("the redirect to {} was not followed: the body holds a secret, and this is another host; "
                            "location-trusted: true sends it",
                            shortened(message.url, 200)));
        auto headers = headers_of(message, is_same_origin);
        auto cookie = settings.cookie_store ? cookies_.header_for(message.url, now()) : "";
        if (is_same_origin && !message.cookies.empty() && !has_header(headers, "Cookie"))
            cookie += (cookie.empty() ? "" : "; ") + message.cookies;
        if (!cookie.empty()) headers.emplace(headers.begin(), "Cookie", cookie);
        auto sent = send(message, headers, settings, wants_certificate(entry));
        if (!sent.ok() && sys::stop_requested()) return sent.error();
        if (!sent.ok() && sent.error().kind == fairlead::Kind::usage && answer.redirects.empty())
            return Asked{{}, {Fault{Cause::script, "smoke/script", sent.error().message, spot}}};
        if (!sent.ok()) return fault(sent.error().message);
        answer.response = std::move(sent).value();
        hide_received(answer.response);
        answer.url = message.url;
        if (answer.response.failure != sys::HttpFailure::none)
            return fault(
                fmt::format("no complete answer from {}: {}", shortened(message.url, 200), answer.response.reason));
        if (settings.cookie_store)
            for (const auto& one : answer.cookies()) cookies_.keep(one, message.url, now());
        const bool redirects = settings.location && answer.response.status >= 300 && answer.response.status < 400 &&
                               !answer.response.redirect.empty();
        if (!redirects) break;
        if (settings.max_redirs >= 0 && static_cast<std::int64_t>(answer.redirects.size()) >= settings.max_redirs)
            return fault(fmt::format("there are more than {} redirects; the next one is to {}", settings.max_redirs,
                                     answer.response.redirect));
        answer.redirects.push_back({answer.response.redirect});
        redirect(message, answer.response);
    }
    return Asked{std::move(answer), {}};
}

Result<Player::Asked> Player::ask_once(const Entry& entry, const Settings& settings, Played& played) {
    const bool was_waiting = std::exchange(is_waiting_, false);
    const auto message = message_of(entry.request, settings, scope_, file_, stage_.files);
    if (!message.ok()) return Asked{{}, {fault_of(message.error(), Cause::script, "smoke/script", entry.request.spot)}};
    played.url = message->url;
    auto asked = TRY(follow(entry, message.value(), settings));
    const auto& response = asked.answer ? asked.answer->response : asked.incomplete;
    played.time = response.total;
    is_waiting_ = was_waiting && settings.retry == 0 && stage_.is_starting(sent_.method, response);
    wait_ = std::max(wait_for_start, asked_wait(response));
    if (wait_ >= left()) wait_ = wait_for_start;
    const FilterWorld world{now(), settings.coercion, [this] { return left().count() <= 0 || given_up(); }};
    const auto one_at_a_time = one_large_body(response.body.size());
    if (asked.answer && entry.response)
        asked.faults = judge_entry(*entry.response, *asked.answer, scope_, settings, file_, stage_.files, world);
    if (!asked.faults.empty() && !sent_.url.empty()) played.shown = shown_exchange(sent_, response);
    return asked;
}

void Player::deliver(const Settings& settings, Answer& answer, Played& played) {
    if (settings.output.empty()) return;
    const auto body = answer.bytes();
    const auto fault = [&](std::string text) {
        played.faults.push_back({Cause::script, "smoke/script", std::move(text), played.entry->request.spot});
        played.end = Played::End::failed;
    };
    std::string head;
    if (stage_.include) {
        head = fmt::format("HTTP/{} {}\n", answer.response.version, answer.response.status);
        for (const auto& [name, value] : answer.response.headers) head += name + ": " + value + "\n";
        head += "\n";
    }
    if (!body.ok()) return fault("the body for the option output can't be read: " + body.error().message);
    if (settings.output == "-") {
        played.output += head + *body.value();
        if (!played.output.ends_with('\n')) played.output += '\n';
        return;
    }
    if (const auto written = stage_.files.write(settings.output, head + *body.value()); !written.ok())
        fault(fmt::format("the option output: {}", written.error().message));
}

// An entry once, with its further tries.
Result<Played> Player::one_round(const Entry& entry, const Settings& settings, Played played) {
    played.faults.clear();
    for (std::int64_t tries = 0; !is_over(); ++tries) {
        auto asked = TRY(ask_once(entry, settings, played));
        ++played.attempts;
        if (given_up() && !asked.answer) break; // it was ended for another's sake
        if (!played.faults.empty()) played.last_fault = played.faults.front().message;
        // What the deadline cut off says less than the attempt before.
        const bool is_cut = asked.incomplete.failure == sys::HttpFailure::timeout && left() < smallest_attempt;
        if (!is_cut || played.faults.empty()) played.faults = std::move(asked.faults);
        if (played.faults.empty()) {
            is_waiting_ = false;
            played.end = Played::End::passed;
            played.was_retried = played.was_retried || tries > 0;
            deliver(settings, *asked.answer, played);
            return played;
        }
        if (is_waiting_) {
            pause(wait_);
            continue;
        }
        if (settings.retry >= 0 && tries >= settings.retry) break;
        pause(settings.retry_interval);
    }
    const std::string over = "; the deadline was over";
    if (played.faults.empty() && !given_up())
        played.faults.push_back({Cause::target, "smoke/connect",
                                 played.attempts == 0 ? "the deadline was over before this request"
                                                      : "the deadline was over before all repetitions",
                                 entry.request.spot});
    else if (!given_up() && left() < smallest_attempt && !played.faults.front().message.ends_with(over))
        played.faults.front().message += over;
    played.end = given_up() && played.faults.empty() ? Played::End::unasked : Played::End::failed;
    return played;
}

Result<Played> Player::play_entry(const Entry& entry) {
    auto played = unasked(entry);
    const auto settings = settings_of(entry);
    if (!settings.ok()) {
        played.end = Played::End::failed;
        played.faults = {fault_of(settings.error(), Cause::script, "smoke/script", entry.request.spot)};
        return played;
    }
    if (settings->skip || settings->repeat == 0) {
        played.end = Played::End::skipped;
        return played;
    }
    for (const auto& cookie : entry.cookies) cookies_.keep(cookie, now());
    if (entry.clears_cookies) cookies_.clear();
    pause(settings->delay);
    for (std::int64_t round = 0; settings->repeat < 0 || round < settings->repeat; ++round) {
        if (settings->repeat < 0 && is_over()) break;
        played = TRY(one_round(entry, settings.value(), std::move(played)));
        if (played.end != Played::End::passed) break;
    }
    return played;
}

}

Played unasked(const Entry& entry) {
    Played played;
    played.entry = &entry;
    played.method = entry.request.method;
    return played;
}

Result<std::vector<Played>> play(const File& file, const Stage& stage, Scope& scope) {
    Player player(file, stage, scope);
    std::vector<Played> all;
    bool goes_on = true;
    for (std::size_t i = 0; i < file.entries.size(); ++i) {
        const auto& entry = file.entries[i];
        const auto number = static_cast<std::int64_t>(i) + 1;
        if (number < stage.from || (stage.to > 0 && number > stage.to)) continue;
        auto played = unasked(entry);
        if (goes_on) played = TRY(player.play_entry(entry));
        if (sys::stop_requested()) return could_not("interrupted; not every request was sent");
        goes_on = goes_on && (stage.continue_on_error || played.end != Played::End::failed);
        all.push_back(std::move(played));
    }
    return all;
}

}
