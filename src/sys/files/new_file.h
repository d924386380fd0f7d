#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// Files that are written in pieces and are whole or not there, and files read in pieces.
namespace fairlead::sys {

// Stands in the name of a file that is being written, between its final name and who writes it.
inline constexpr std::string_view partial_mark = ".partial-";

// Beside its final name as NAME.partial-PID-RANDOM until publish(); gone when it goes without it. Errors (could_not)
// name the final path.
class NewFile {
  public:
    static Result<NewFile> create(const Path& path, unsigned mode = 0600);
    NewFile(NewFile&&) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();
    Result<void> write(std::string_view bytes);
    // Synced, then under its name for good. Never over what is there: an error.
    Result<void> publish();

  private:
    struct State;
    explicit NewFile(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};
// Of a partial file: whether a process still writes it.
bool is_being_written(const Path& partial);

// A regular file, from its beginning.
class ReadFile {
  public:
    static Result<ReadFile> open(const Path& path);
    ReadFile(ReadFile&&) noexcept;
    ReadFile& operator=(ReadFile&&) = delete;
    ~ReadFile();
    std::uint64_t size() const;                     // when it was opened
    Result<std::size_t> read(std::span<char> into); // 0: its end

  private:
    struct State;
    explicit ReadFile(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

Result<void> remove_file(const Path& path); // for good; absent is fine

}
