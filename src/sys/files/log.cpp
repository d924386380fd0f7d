#include "sys/files/log.h"
#include "base/disarm.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/utf8.h"
#include "sys/environment.h"
#include "sys/files/file_parts.h"
#include "sys/files/terminal.h"
#include <cstdio>
#include <memory>
#include <mutex>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

std::mutex guard;
LogOptions current;
std::unique_ptr<spdlog::logger> logger; // made by the first line

constexpr const char* text_pattern = "fairlead: %^%l:%$ %v";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%v"})";

spdlog::level::level_enum level_of(Level level) {
    switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: break;
    }
    return spdlog::level::err;
}

// act gives its steps a terminal, so CI is asked first; the sink itself asks isatty and TERM.
spdlog::color_mode color_mode(const LogOptions& options) {
    const Environment environment = Environment::of_process();
    const bool plain = options.color == Color::never || options.format == LogFormat::json ||
                       environment.get("NO_COLOR") || detect_platform(environment) != Platform::terminal;
    return plain ? spdlog::color_mode::never : spdlog::color_mode::automatic;
}

std::unique_ptr<spdlog::logger> make_logger(const LogOptions& options) {
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(color_mode(options));
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        options.format == LogFormat::json ? json_pattern : text_pattern, spdlog::pattern_time_type::utc, "\n"));
    auto made = std::make_unique<spdlog::logger>("fairlead", std::move(sink));
    made->set_level(spdlog::level::trace); // log() has decided already
    return made;
}

std::string ready_for_print(std::string_view message) {
    std::string text = mask(message);
    if (current.github) text = disarm(text);
    return printable(current.format == LogFormat::json ? json_escape(to_valid_utf8(text)) : text);
}

// A line of a terminal, as far as it goes: a longer one would be left behind.
std::string fit_line(const std::string& text, std::size_t columns) {
    std::string_view rest = text;
    for (std::size_t i = 0; i + 1 < columns && !rest.empty(); ++i) rest.remove_prefix(decode_front(rest).bytes);
    return text.substr(0, text.size() - rest.size());
}

std::size_t terminal_columns() {
    winsize size{};
    constexpr std::size_t usual = 80;
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

bool shows_status() {
    static const bool is_there = is_terminal(STDERR_FILENO) &&
                                 detect_platform(Environment::of_process()) == Platform::terminal &&
                                 Environment::of_process().get("TERM").value_or("") != "dumb";
    return is_there && current.format == LogFormat::text && current.level <= Level::info;
}

bool has_status = false;

void take_status_away() {
    if (has_status) std::fputs("\r\x1b[K", stderr);
    has_status = false;
}

}

void configure_log(const LogOptions& options) {
    const std::scoped_lock lock(guard);
    current = options;
    logger.reset();
}

void log(Level level, std::string_view message) {
    const std::scoped_lock lock(guard);
    if (level < current.level) return;
    take_status_away();
    if (!await_reader(STDERR_FILENO)) return; // stopped, and nobody reads
    if (!logger) logger = make_logger(current);
    logger->log(level_of(level), spdlog::string_view_t(ready_for_print(message)));
}

void show_status(std::string_view line) {
    const std::scoped_lock lock(guard);
    if (!shows_status()) return;
    take_status_away();
    if (line.empty()) return;
    const auto text = fit_line(ready_for_print(line), terminal_columns());
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
    has_status = true;
}

}
