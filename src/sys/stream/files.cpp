#include "sys/stream/files.h"
#include "sys/files/new_file.h"

namespace fairlead::sys {
namespace {

class FileSource : public Source {
  public:
    explicit FileSource(ReadFile file) : file_(std::move(file)) {}
    Result<std::size_t> read(std::span<char> into) override { return file_.read(into); }

  private:
    ReadFile file_;
};

class FileSink : public Sink {
  public:
    explicit FileSink(NewFile file) : file_(std::move(file)) {}
    Result<void> write(std::string_view bytes) override { return file_.write(bytes); }
    Result<void> close() override { return file_.publish(); }

  private:
    NewFile file_;
};

}

Result<std::unique_ptr<Source>> file_source(const Path& path) {
    ReadFile file = TRY(ReadFile::open(path));
    return std::unique_ptr<Source>(std::make_unique<FileSource>(std::move(file)));
}

Result<std::unique_ptr<Sink>> file_sink(const Path& path) {
    NewFile file = TRY(NewFile::create(path));
    return std::unique_ptr<Sink>(std::make_unique<FileSink>(std::move(file)));
}

}
