using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>
/// Marks a request as one side of a transfer, so that operators can put the logs and traces of both sides together. Every log line of the
/// request has the transfer's short id in its scope, and the request's activity has it as a tag.
/// </summary>
internal sealed partial class RequestTrail : IDisposable
{
    private static readonly Func<ILogger, string, string, IDisposable?> Scope
        = LoggerMessage.DefineScope<string, string>("{Side} of transfer {TransferId}");

    private readonly HttpContext _context;
    private readonly ILogger _logger;
    private readonly string _side;
    private readonly string _transferId;
    private readonly IDisposable? _scope;

    private RequestTrail(HttpContext context, ILogger logger, string side, string transferId)
    {
        _context = context;
        _logger = logger;
        _side = side;
        _transferId = transferId;
        _scope = Scope(logger, side, transferId);
        context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag("beam.transfer.id", transferId);
        Log.Joined(logger, side, transferId);
    }

    public static RequestTrail OfSender(HttpContext context, ILogger logger, string transferId)
        => new(context, logger, "sender", transferId);

    public static RequestTrail OfReceiver(HttpContext context, ILogger logger, string transferId)
        => new(context, logger, "receiver", transferId);

    public void Dispose()
    {
        Log.Answered(_logger, _side, _transferId, _context.Response.StatusCode);
        _scope?.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(2003, LogLevel.Debug, "A {Side} has joined transfer {TransferId}.", EventName = "Joined")]
        public static partial void Joined(ILogger logger, string side, string transferId);

        [LoggerMessage(
            2004,
            LogLevel.Debug,
            "The request of a {Side} of transfer {TransferId} has ended with status {Status}.",
            EventName = "Answered")]
        public static partial void Answered(ILogger logger, string side, string transferId, int status);
    }
}
