namespace Beam.AspNetCore.Delivery;

/// <summary>
/// Waits until a client says that it has read everything, with its next request or by closing, or until it has said nothing for a while.
/// The connection goes on: the waiter consumes nothing of its input.
/// </summary>
/// <param name="connection">The client's connection, which had no input before the file.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class SignWaiter(ClientConnection connection, TimeProvider timeProvider)
{
    // How long a client that keeps its connection may take to give a sign that it has read everything.
    private static readonly TimeSpan SignLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for a sign, or until the time for it is over.</summary>
    /// <param name="given">Ends the wait.</param>
    /// <param name="onHandedOver">Called once when the client's system has acknowledged every byte, or when that cannot be known.</param>
    /// <returns>What the sign says of the bytes; <see cref="DeliveryVerdict.Unknown"/> when there was no sign.</returns>
    public async Task<DeliveryVerdict> WaitAsync(Task given, Action onHandedOver)
    {
        var input = connection.Input;
        try
        {
            var pending = input.ReadAsync(CancellationToken.None).AsTask();
            await WaitForSignAsync(pending, given, onHandedOver);
            var isCancelled = !pending.IsCompleted;
            if (isCancelled)
            {
                input.CancelPendingRead();
            }

            var read = await pending;
            input.AdvanceTo(read.Buffer.Start);
            if (isCancelled && !read.IsCanceled)
            {
                // The sign came first: the cancellation must not meet the server's own read.
                input.AdvanceTo((await input.ReadAsync(CancellationToken.None)).Buffer.Start);
            }

            return read.IsCompleted ? connection.JudgeOrderlyEnd()
                : !read.Buffer.IsEmpty ? DeliveryVerdict.ReadEverything
                : given.IsCompleted ? DeliveryVerdict.None
                : DeliveryVerdict.Unknown;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return DeliveryVerdict.Lost;
        }
    }

    private async Task WaitForSignAsync(Task sign, Task given, Action onHandedOver)
    {
        if (sign.IsCompleted)
        {
            return;
        }

        long? handedOverAt = null;
        using var samples = new WideningTimer(timeProvider);
        while (await Task.WhenAny(sign, given, samples.NextAsync()) is var first && first != sign && first != given)
        {
            if (handedOverAt is null && connection.HasTakenAll(connection.TryReadInfo()))
            {
                handedOverAt = timeProvider.GetTimestamp();
                onHandedOver();
            }

            if (handedOverAt is { } since && timeProvider.GetElapsedTime(since) >= SignLimit)
            {
                return;
            }
        }
    }
}
