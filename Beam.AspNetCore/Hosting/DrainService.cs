using Beam.Transfers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Hosting;

/// <summary>
/// Stops the relay before the server stops. The relay accepts nothing new, and running transfers get their time. The relay then cuts the
/// rest, while it can still tell both sides.
/// </summary>
internal sealed partial class DrainService(
    Relay relay,
    IOptions<BeamHttpOptions> options,
    TimeProvider timeProvider,
    ILogger<DrainService> logger)
    : IHostedLifecycleService
{
    // After the cut, the handlers only have to write their last words.
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(2);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var drained = relay.DrainAsync();
        if (drained.IsCompleted)
        {
            return;
        }

        Log.Draining(logger, relay.TransferCount, options.Value.DrainTimeout.TotalSeconds);
        if (await EndsWithinAsync(drained, options.Value.DrainTimeout, cancellationToken))
        {
            return;
        }

        Log.Cutting(logger, relay.TransferCount);
        relay.CutAll();
        await EndsWithinAsync(drained, LeaveTime, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> EndsWithinAsync(Task drained, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await drained.WaitAsync(limit, timeProvider, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    // Beam.AspNetCore has the event ids 2000 to 2999; they are listed in docs/operations.md.
    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Information, "Shutting down: {Count} transfers have {Seconds:0.#} s to end.", EventName = "Draining")]
        public static partial void Draining(ILogger logger, int count, double seconds);

        [LoggerMessage(2001, LogLevel.Warning, "Shutting down: {Count} transfers are cut.", EventName = "Cutting")]
        public static partial void Cutting(ILogger logger, int count);
    }
}
