#include "provider/plugin/server.hpp"

#include <grpc/support/log.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>

#include <map>
#include <thread>

namespace paas::plugin {
namespace {

constexpr int largest_message = 256 << 20;
constexpr std::chrono::milliseconds goodbye{20};

// Each operation that gRPC runs for us ends as one of these on the completion queue.
class Completion {
 public:
  virtual void completed(bool ok) = 0;

 protected:
  ~Completion() = default;
};

// What calls of one server share.
struct Port {
  grpc::AsyncGenericService service;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  std::map<std::string, Method, std::less<>> methods;
  Calls& calls;
  Workers& workers;
  std::atomic<bool> closed = false;

  // How many GrpcCall there are, the awaited one included: gRPC may still complete their
  // operations.
  std::mutex mutex;
  std::condition_variable none;
  int alive = 0;
};

// One call, from before it arrives until gRPC has no further use for it; then it deletes itself.
//
//   arrive ─▶ read … ─▶ run (here or on a worker; send … waits for write) ─▶ finish
//   beside it, once it has arrived: gone, when the caller leaves or all is done
class GrpcCall final : public Exchange {
 public:
  static void await(Port& port) {
    auto* call = new GrpcCall(port);  // owned by the completion queue
    port.service.RequestCall(&call->context_, &call->stream_, port.queue.get(), port.queue.get(),
                             &call->arrived_);
  }

  std::string_view request() const override {
    return {reinterpret_cast<const char*>(request_.begin()), request_.size()};
  }

  bool send(std::string message) override {
    grpc::Slice slice(message);
    grpc::ByteBuffer buffer(&slice, 1);
    if (!method_->streams_answers) {
      answer_ = std::move(buffer);
      return true;
    }
    std::unique_lock lock(mutex_);
    if (broken_) return false;
    writing_ = true;
    stream_.Write(buffer, &written_);
    write_done_.wait(lock, [this] { return !writing_; });
    return !broken_;
  }

  std::stop_token stopped() const override { return stop_.get_token(); }

 private:
  // A completion that calls a member of its call.
  struct Step final : Completion {
    Step(GrpcCall& of, void (GrpcCall::*next)(bool)) : call(of), then(next) {}
    void completed(bool ok) override { (call.*then)(ok); }
    GrpcCall& call;
    void (GrpcCall::*then)(bool);
  };

  explicit GrpcCall(Port& port) : port_(port) {
    context_.AsyncNotifyWhenDone(&gone_);
    const std::lock_guard lock(port_.mutex);
    ++port_.alive;
  }
  ~GrpcCall() {
    const std::lock_guard lock(port_.mutex);
    if (--port_.alive == 0) port_.none.notify_all();
  }

  void on_arrived(bool ok) {
    if (!ok) {  // the server ends; gone_ never comes for a call that did not arrive
      delete this;
      return;
    }
    if (port_.closed)
      return finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the provider is ending"));
    await(port_);
    const auto found = port_.methods.find(context_.method());
    if (found == port_.methods.end())
      return finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "unknown method"));
    method_ = &found->second;
    stream_.Read(&incoming_, &read_);
  }

  void on_read(bool ok) {
    if (ok && !has_request_) {
      has_request_ = true;
      if (!incoming_.DumpToSingleSlice(&request_).ok())
        return finish(grpc::Status(grpc::StatusCode::INTERNAL, "unreadable message"));
    }
    if (ok && method_->reads_all) return stream_.Read(&incoming_, &read_);
    if (!has_request_ && !method_->reads_all)
      return finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no message"));
    incoming_.Clear();
    if (method_->at_once) return run();
    port_.calls.begin(stop_);
    counted_ = true;
    port_.workers.post([this] { run(); });
  }

  void run() {
    const Result<void> outcome = method_->run(*this);
    finish(outcome ? grpc::Status::OK
                   : grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, outcome.error().message));
  }

  void finish(const grpc::Status& status) {
    if (status.ok() && answer_.Valid()) {
      stream_.WriteAndFinish(answer_, grpc::WriteOptions(), status, &finished_);
    } else {
      stream_.Finish(status, &finished_);
    }
  }

  void on_written(bool ok) {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    broken_ = broken_ || !ok;
    write_done_.notify_all();
  }

  void on_gone(bool) {
    if (context_.IsCancelled()) stop_.request_stop();
    leave();
  }
  void on_finished(bool) { leave(); }

  // Both have come, in either order: nobody will touch this call again.
  void leave() {
    if (++left_ < 2) return;
    if (counted_) port_.calls.end(stop_);
    delete this;
  }

  Port& port_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  const Method* method_ = nullptr;
  grpc::ByteBuffer incoming_;
  grpc::Slice request_;
  bool has_request_ = false;
  bool counted_ = false;
  int left_ = 0;
  grpc::ByteBuffer answer_;
  std::stop_source stop_;

  std::mutex mutex_;
  std::condition_variable write_done_;
  bool writing_ = false;
  bool broken_ = false;

  Step arrived_{*this, &GrpcCall::on_arrived};
  Step read_{*this, &GrpcCall::on_read};
  Step written_{*this, &GrpcCall::on_written};
  Step finished_{*this, &GrpcCall::on_finished};
  Step gone_{*this, &GrpcCall::on_gone};
};

// gRPC's own words, which it would print on stderr in a form of its own. There is one such sink in
// a process, and gRPC may use it until the very end.
std::atomic<Log*> grpc_log_sink = &silent_log();

void log_for_grpc(gpr_log_func_args* line) {
  Log& log = *grpc_log_sink.load();
  const LogLevel level = line->severity == GPR_LOG_SEVERITY_ERROR  ? LogLevel::warn
                         : line->severity == GPR_LOG_SEVERITY_INFO ? LogLevel::info
                                                                   : LogLevel::debug;
  if (log.enabled(level)) log.write(level, "grpc", {{"text", line->message}});
}

std::shared_ptr<grpc::ServerCredentials> credentials(const std::optional<MutualTls>& tls) {
  if (!tls) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls->client_certificate;
  options.pem_key_cert_pairs.push_back({tls->key, tls->certificate});
  return grpc::SslServerCredentials(options);
}

class GrpcServer final : public Server {
 public:
  GrpcServer(Serving serving)
      : port_{.service = {},
              .queue = nullptr,
              .methods = {},
              .calls = serving.calls,
              .workers = serving.workers,
              .mutex = {},
              .none = {}} {
    for (Method& method : serving.methods) {
      std::string path = method.path;
      port_.methods.emplace(std::move(path), std::move(method));
    }
  }

  bool start(const std::string& socket_path, const std::optional<MutualTls>& tls) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(largest_message);
    builder.SetMaxSendMessageSize(largest_message);
    builder.RegisterAsyncGenericService(&port_.service);
    port_.queue = builder.AddCompletionQueue();
    builder.AddListeningPort("unix:" + socket_path, credentials(tls));
    server_ = builder.BuildAndStart();
    if (!server_) return false;
    GrpcCall::await(port_);
    network_ = std::thread([this] { serve(); });
    return true;
  }

  void close() override { port_.closed = true; }

  ~GrpcServer() override {
    if (network_.joinable()) {
      close();
      server_->Shutdown(std::chrono::system_clock::now() + goodbye);
      std::unique_lock lock(port_.mutex);
      port_.none.wait(lock, [this] { return port_.alive == 0; });
    }
    port_.queue->Shutdown();
    if (network_.joinable()) network_.join();
    serve();  // empty by now; gRPC wants to be told so
    grpc_log_sink = &silent_log();
  }

 private:
  void serve() {
    void* tag = nullptr;
    bool ok = false;
    while (port_.queue->Next(&tag, &ok)) static_cast<Completion*>(tag)->completed(ok);
  }

  Port port_;
  std::unique_ptr<grpc::Server> server_;
  std::thread network_;
};

}  // namespace

Result<std::unique_ptr<Server>> listen(const std::string& socket_path,
                                       const std::optional<MutualTls>& tls, Serving serving) {
  grpc_log_sink = &serving.log;
  gpr_set_log_function(log_for_grpc);
  auto server = std::make_unique<GrpcServer>(std::move(serving));
  const mode_t before = umask(0177);
  const bool started = server->start(socket_path, tls);
  umask(before);
  if (!started) return fail(Errc::internal, "unable to listen at " + socket_path);
  return server;
}

}  // namespace paas::plugin
