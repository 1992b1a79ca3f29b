using Beam.Observing;

namespace ExistingApp.Transfers;

/// <summary>Writes down who sent what. A larger application would use its database.</summary>
internal sealed partial class TransferRecord(ILogger<TransferRecord> logger) : ITransferObserver
{
    private const string User = "user";
    private const string Address = "address";

    /// <summary>What the application notes when a user mints a token.</summary>
    public static Dictionary<string, string> Describe(HttpContext context) => new(StringComparer.Ordinal)
    {
        [User] = context.User.Identity?.Name ?? "nobody",
        [Address] = context.Connection.RemoteIpAddress?.ToString() ?? "unknown",
    };

    public ValueTask ObserveAsync(TransferEvent transferEvent, CancellationToken cancellationToken)
    {
        if (transferEvent.Outcome is { } outcome)
        {
            var origin = transferEvent.Origin;
            Log.Ended(
                logger,
                transferEvent.Name,
                transferEvent.Kind,
                origin[User],
                origin[Address],
                outcome.Bytes,
                outcome.Receivers.Count);
        }

        return ValueTask.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "{File}: {Kind}; by {User} from {Address}, {Bytes} bytes, {Receivers} receivers.",
            EventName = "TransferEnded")]
        public static partial void Ended(
            ILogger logger,
            string file,
            TransferEventKind kind,
            string user,
            string address,
            long bytes,
            int receivers);
    }
}
