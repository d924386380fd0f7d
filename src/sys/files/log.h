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
// Shows the current activity in one line. The next status or a line of the log replaces it. An empty `line` removes it;
// call it so before the output. Shows something only on a terminal (stderr), and never in CI, in JSON, or if the level
// is above `info`.
void show_status(std::string_view line);
inline void log_debug(std::string_view message) { log(Level::debug, message); }
inline void log_info(std::string_view message) { log(Level::info, message); }
inline void log_warning(std::string_view message) { log(Level::warning, message); }
inline void log_error(std::string_view message) { log(Level::error, message); }

}
