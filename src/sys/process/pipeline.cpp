#include "sys/process/pipeline.h"
#include "base/secrets/masked_lines.h"
#include "base/text.h"
#include "sys/account.h"
#include "sys/digest.h"
#include "sys/files/file_parts.h"
#include "sys/process/children.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <unistd.h>

namespace fairlead::sys {
namespace {

constexpr const char* mark = "FAIRLEAD_PIPELINE";
constexpr std::size_t longest_told_line = 500; // bytes, in a message

// The end of what a stage says, masked line by line before anything of it is dropped.
class ErrorTail {
  public:
    void add(std::string_view piece) { keep(piece.empty() ? lines_.end() : lines_.add(piece)); }
    std::string end() {
        keep(lines_.end());
        if (text_.size() <= kept_errors) return std::move(text_);
        const auto newline = text_.find('\n', text_.size() - kept_errors - 1);
        return newline == std::string::npos ? text_.substr(text_.size() - kept_errors) : text_.substr(newline + 1);
    }

  private:
    void keep(const std::string& text) {
        text_ += text;
        if (text_.size() > 2 * kept_errors) text_.erase(0, text_.size() - kept_errors - 1); // seldom, for its cost
    }
    MaskedLines lines_;
    std::string text_;
};

std::string name_of(const Stage& stage) { return stage.name.empty() ? stage.argv.front() : stage.name; }

std::string names_of(const Pipeline& pipeline) {
    std::vector<std::string> names;
    for (const Stage& stage : pipeline.stages) names.push_back(name_of(stage));
    return join(names, " | ");
}

// A file of the pipeline's own; removed unless it is kept.
class Made {
  public:
    Made(Descriptor file, Path path) : file_(std::move(file)), path_(std::move(path)) {}
    Made(Made&& other) noexcept : file_(std::move(other.file_)), path_(std::exchange(other.path_, {})) {}
    ~Made() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    Result<void> keep() {
        if (::fsync(file_.get()) != 0 && errno != EINVAL) return path_error(path_.string(), "synced");
        const Path folder = std::exchange(path_, {}).parent_path();
        return sync_folder(folder.empty() ? Path(".") : folder);
    }
    int number() const { return file_.get(); }

  private:
    Descriptor file_;
    Path path_;
};

Result<Made> make_sink_file(const ToFile& wanted) {
    Descriptor file(::open(wanted.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, wanted.mode));
    if (!file.is_open()) return path_error(wanted.path.string(), "created");
    return Made(std::move(file), wanted.path);
}

class Line {
  public:
    explicit Line(const Pipeline& pipeline)
        : pipeline_(pipeline), session_(pipeline.timeout, pipeline.patience), tails_(pipeline.stages.size()),
          mark_(fmt::format("{}={}-{}", mark, own_pid(), random_hex(8))) {}
    Line(const Line&) = delete;

    Result<PipelineOutput> run() {
        auto done = run_all();
        session_.kill_rest();
        if (const auto ended = end_leftovers(); done.ok() && !ended.ok()) return ended.error();
        if (done.ok() && !done->failed && made_) TRY_VOID(made_->keep());
        return done;
    }

  private:
    Result<PipelineOutput> run_all() {
        TRY_VOID(start());
        session_.finish();
        if (failure_) return *failure_;
        if (session_.interrupted()) return could_not(fmt::format("interrupted while '{}' ran", names_of(pipeline_)));
        if (session_.timed_out())
            return could_not(fmt::format("'{}' was not done after {} and was ended", names_of(pipeline_),
                                         format_duration(pipeline_.timeout)));
        if (sink_ && session_.is_open(*sink_))
            return could_not(fmt::format("'{}' ended, but left a process that kept its output open; that process was "
                                         "ended, so the rest of its output is missing",
                                         name_of(pipeline_.stages.back())));
        return judged();
    }

    Result<void> start() {
        std::vector<Program> programs;
        for (const Stage& stage : pipeline_.stages) {
            programs.push_back({stage.argv, stage.folder, environment_or_usual(stage.environment), stage.user,
                                stage.any_path, false, stage.whose});
            programs.back().environment.push_back(mark_);
            TRY_VOID(find_program_of(programs.back())); // of all, before the first is started
        }
        Descriptor in = TRY(open_input());
        for (std::size_t i = 0; i < programs.size(); ++i) {
            const bool is_last = i + 1 == programs.size();
            Pipe out = TRY(is_last ? open_output() : make_pipe()), err = TRY(make_pipe());
            const ChildStreams streams{in.get(), out.write.get(), err.write.get()};
            auto child = TRY(start_child(programs[i], streams, session_.group()));
            session_.add(std::move(child));
            session_.drain(std::move(err.read), [tail = &tails_[i]](std::string_view piece) {
                tail->add(piece);
                return true;
            });
            in = std::move(out.read);
        } // what is open of a child's closes here: its reader has to hear the end
        if (in.is_open()) sink_ = session_.drain(std::move(in), [this](std::string_view piece) { return pour(piece); });
        return {};
    }

    // What becomes the first one's input; not open: /dev/null.
    Result<Descriptor> open_input() {
        if (const auto* file = std::get_if<FromFile>(&pipeline_.input)) {
            const OpenFile opened = TRY(open_regular(file->path.string()));
            return lifted(opened.descriptor.get());
        }
        const auto* text = std::get_if<std::string>(&pipeline_.input);
        const auto* source = std::get_if<PieceSource>(&pipeline_.input);
        if (!source && (!text || text->empty())) return Descriptor();
        Pipe pipe = TRY(make_pipe());
        session_.feed(std::move(pipe.write), [this, source, rest = text ? std::string_view(*text) : ""]() mutable {
            return source ? draw(*source) : std::optional(std::exchange(rest, {}));
        });
        return std::move(pipe.read);
    }

    // What becomes the last one's output, and for a sink where we read it.
    Result<Pipe> open_output() {
        if (std::holds_alternative<PieceSink>(pipeline_.output)) return make_pipe();
        Pipe pipe;
        if (const auto* file = std::get_if<ToFile>(&pipeline_.output)) {
            auto made = TRY(make_sink_file(*file));
            pipe.write = TRY(lifted(made.number()));
            made_.emplace(std::move(made));
        } else if (const auto* given = std::get_if<ToDescriptor>(&pipeline_.output)) {
            pipe.write = TRY(lifted(given->number));
        } else {
            const Descriptor null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
            pipe.write = TRY(lifted(null.get()));
        }
        return pipe;
    }

    std::optional<std::string_view> draw(const PieceSource& source) {
        if (session_.is_ending()) return std::nullopt;
        auto piece = source();
        if (piece.ok()) return piece.value();
        fail(std::move(piece).error());
        return std::nullopt;
    }

    bool pour(std::string_view piece) {
        if (piece.empty() || session_.is_ending())
            return true; // it is read still, so that nobody hangs over tidying up
        auto taken = std::get<PieceSink>(pipeline_.output)(piece);
        if (taken.ok())
            bytes_ += piece.size();
        else
            fail(std::move(taken).error());
        return true;
    }

    void fail(Error error) {
        failure_ = std::move(error);
        session_.end();
    }

    PipelineOutput judged() {
        PipelineOutput output{.bytes = bytes_, .input_left = session_.input_left()};
        for (std::size_t i = 0; i < tails_.size(); ++i) {
            const auto& end = session_.end_of(i);
            output.stages.push_back({name_of(pipeline_.stages[i]), end.status, end.signal, false, tails_[i].end()});
        }
        const auto has_reader = [&](std::size_t i) { return i + 1 < output.stages.size(); };
        const auto broke = [&](std::size_t i) { return has_reader(i) && output.stages[i].status == 128 + SIGPIPE; };
        for (std::size_t i = output.stages.size(); i-- > 0;)
            output.stages[i].unheard = broke(i) && output.stages[i + 1].is_well();
        for (std::size_t i = 0; i < output.stages.size(); ++i) {
            if (output.stages[i].is_well() || broke(i)) continue;
            if (!output.failed || session_.end_of(i).order < session_.end_of(*output.failed).order) output.failed = i;
        }
        return output;
    }

    // Of every user that a stage ran as.
    Result<void> end_leftovers() const {
        std::set<unsigned> users;
        for (const Stage& stage : pipeline_.stages) users.insert(stage.user ? stage.user->uid : ::getuid());
        for (const unsigned user : users) TRY_VOID(end_survivors(mark_, user, Terminals::too));
        return {};
    }

    const Pipeline& pipeline_;
    std::optional<Made> made_;
    std::optional<Error> failure_; // of source or sink
    std::uint64_t bytes_ = 0;
    Children session_;
    std::vector<ErrorTail> tails_;
    const std::string mark_;
    std::optional<std::size_t> sink_; // the drain
};

std::string last_line(std::string_view text) {
    const auto all = trim(text);
    const auto newline = all.rfind('\n');
    const auto line = trim(newline == std::string_view::npos ? all : all.substr(newline + 1));
    return to_valid_utf8(line.substr(0, longest_told_line));
}

}

Result<void> PipelineOutput::verdict() const {
    if (!failed) return {};
    const StageEnd& stage = stages[*failed];
    const auto which = stages.size() == 1 ? "" : fmt::format(" ({} of {})", *failed + 1, stages.size());
    const auto how = stage.signal != 0 ? fmt::format("was ended by signal {}", stage.signal)
                                       : fmt::format("ended with status {}", stage.status);
    const auto said = last_line(stage.err);
    return could_not(fmt::format("'{}'{} {}{}{}", stage.name, which, how, said.empty() ? "" : ": ", said));
}

Result<PipelineOutput> run_pipeline(const Pipeline& pipeline) {
    const auto is_empty = [](const Stage& stage) { return stage.argv.empty(); };
    if (pipeline.stages.empty() || std::any_of(pipeline.stages.begin(), pipeline.stages.end(), is_empty))
        return could_not("an empty command can't be run");
    prepare_for_children();
    return Line(pipeline).run();
}

}
