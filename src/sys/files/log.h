#pragma once
#include <string_view>

// Writes the log to stderr (spdlog, started when first used). Secrets are masked; under GitHub, commands are disarmed.
namespace fairlead::sys {

enum class Level { debug, info, warning, error };
enum class LogFormat { text, json };
enum class Color { automatic, never };
struct LogOptions {
    Level level = Level::info;
    LogFormat format = LogFormat::text;
    Color color = Color::automatic;
    bool github = false; // errors and warnings stay plain text; commands in messages are disarmed
};
void configure_log(const LogOptions& options);
void log(Level level, std::string_view message);
// Shows what is going on as one line, which the next one, or a line of the log, replaces. An empty one takes it away:
// call it before the output. Nothing is shown unless stderr is a terminal, and never in CI, as JSON, or with fewer
// messages than `info`.
void show_status(std::string_view line);
inline void log_debug(std::string_view message) { log(Level::debug, message); }
inline void log_info(std::string_view message) { log(Level::info, message); }
inline void log_warning(std::string_view message) { log(Level::warning, message); }
inline void log_error(std::string_view message) { log(Level::error, message); }

}
