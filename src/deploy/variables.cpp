#include "deploy/variables.h"
#include "base/text.h"
#include "sys/files.h"
#include "sys/log.h"
#include "sys/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

bool is_name(std::string_view word) {
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
    return !word.empty() && letter(word[0]) &&
           std::all_of(word.begin(), word.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

class EnvParser {
  public:
    EnvParser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    Result<std::vector<std::pair<std::string, std::string>>> parse() {
        while (skip_to_name()) {
            auto name = std::string(trim(take_until("=\n")));
            if (name.substr(0, 7) == "export ") name = trim(name.substr(7));
            if (!is_name(name)) return wrong("expected NAME=value");
            if (at_ >= text_.size() || text_[at_] != '=')
                return wrong(fmt::format("'{}' has no value; write {}=", name, name));
            ++at_;
            pairs_.emplace_back(std::move(name), TRY(value()));
        }
        return std::move(pairs_);
    }

  private:
    Error wrong(std::string message) const { return usage(std::move(message), {.file = file_, .line = line_}); }

    bool skip_to_name() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#')
                take_until("\n");
            else if (c == '\n')
                next_line();
            else if (c == ' ' || c == '\t' || c == '\r')
                ++at_;
            else
                return true;
        }
        return false;
    }

    void next_line() {
        ++at_;
        ++line_;
    }

    std::string_view take_until(std::string_view ends) {
        const auto end = std::min(text_.find_first_of(ends, at_), text_.size());
        const auto word = text_.substr(at_, end - at_);
        at_ = end;
        return word;
    }

    Result<std::string> value() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
        const char quote = at_ < text_.size() ? text_[at_] : '\n';
        if (quote != '"' && quote != '\'') {
            const auto whole = take_until("\n");
            const auto comment = whole.find(" #");
            return std::string(trim(whole.substr(0, comment)));
        }
        auto text = TRY(quoted(quote));
        const auto rest = trim(take_until("\n"));
        if (!rest.empty() && rest[0] != '#') return wrong("something follows the closing quote");
        return text;
    }

    Result<std::string> quoted(char quote) {
        const int opened = line_;
        std::string text;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size())
                text += escaped(text_[++at_]);
            else
                text += text_[at_];
        }
        if (at_ >= text_.size()) {
            line_ = opened;
            return wrong("the quote that opens here is never closed");
        }
        ++at_;
        return text;
    }

    std::string escaped(char c) {
        switch (c) {
        case 'n': return "\n";
        case 't': return "\t";
        case '"':
        case '\\':
        case '$':
        case '`': return std::string(1, c);
        case '\n': ++line_; return "";
        default: return std::string("\\") + c;
        }
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    int line_ = 1;
    std::vector<std::pair<std::string, std::string>> pairs_;
};

void set(Variables& variables, Variable variable) {
    const auto found = std::find_if(variables.begin(), variables.end(),
                                    [&](const auto& other) { return other.name == variable.name; });
    if (found == variables.end())
        variables.push_back(std::move(variable));
    else
        *found = std::move(variable);
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

Result<void> add_file(const Settings& settings, Variables& variables) {
    if (settings.env_file.empty()) return {};
    const auto info = sys::inspect(settings.env_file);
    if (info.type == sys::FileType::absent) {
        return usage(
            fmt::format("env file '{}' is not there; make it from its example, or remove env.file", settings.env_file));
    }
    if ((info.mode & 077u) != 0 && info.type == sys::FileType::file) {
        sys::log_warning(fmt::format("env file '{}' can be read by others; chmod 600 it", settings.env_file));
    }
    const auto text = TRY(sys::read_file(settings.env_file, 1u << 20));
    for (auto& [name, value] : TRY(parse_env(text, settings.env_file))) {
        if (contains(settings.secrets, name) || sounds_secret(name, value))
            set(variables, {name, Secret(std::move(value)), {}});
        else
            set(variables, {name, {}, std::move(value)});
    }
    return {};
}

Result<void> add_command(const Settings& settings, Variables& variables) {
    if (settings.env_from.empty()) return {};
    const auto output = TRY(sys::run({.argv = settings.env_from, .timeout = Milliseconds{60000}}));
    if (output.status != 0) {
        return could_not(fmt::format("env.from '{}' ended with status {}: {}", settings.env_from[0], output.status,
                                     mask(trim(output.err))));
    }
    for (auto& [name, value] : TRY(parse_env(output.out, "env.from")))
        set(variables, {name, Secret(std::move(value)), {}});
    return {};
}

}

Result<std::vector<std::pair<std::string, std::string>>> parse_env(std::string_view text, const std::string& file) {
    return EnvParser(text, file).parse();
}

std::string quote_env(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\' || c == '$' || c == '`') text += '\\';
        text += c;
    }
    return text + "\"";
}

std::string render_env(const Variables& variables) {
    std::string text;
    for (const auto& variable : variables) text += variable.name + "=" + quote_env(variable.value()) + "\n";
    return text;
}

std::vector<std::string> secret_names(const Variables& variables) {
    std::vector<std::string> names;
    for (const auto& variable : variables) {
        if (!variable.secret.empty()) names.push_back(variable.name);
    }
    return names;
}

bool sounds_secret(std::string_view name, std::string_view value) {
    static constexpr std::string_view ends[] = {"KEY",  "TOKEN", "SECRET",     "PASSWORD",    "PASSWD",
                                                "PASS", "PWD",   "PASSPHRASE", "CREDENTIALS", "DSN"};
    for (const auto& word : split(upper(name), '_')) {
        if (std::any_of(std::begin(ends), std::end(ends), [&](auto end) { return word.ends_with(end); })) return true;
    }
    const auto scheme = value.find("://");
    return scheme != std::string_view::npos && value.find('@', scheme) != std::string_view::npos;
}

Result<Variables> gather_variables(const Settings& settings, const sys::Environment& process) {
    Variables variables;
    TRY_VOID(add_file(settings, variables));
    TRY_VOID(add_command(settings, variables));
    for (const auto& name : settings.secrets) {
        if (!is_name(name)) return usage(fmt::format("secret '{}' is no name of a variable", name));
        if (const auto value = process.get(name)) set(variables, {name, Secret(*value), {}});
        if (std::none_of(variables.begin(), variables.end(), [&](const auto& one) { return one.name == name; })) {
            return usage(fmt::format(
                "secret '{}' is nowhere; set it in the environment, in env.file or print it by env.from", name));
        }
    }
    return variables;
}

}
