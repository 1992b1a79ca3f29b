namespace Beam.AspNetCore.Delivery;

/// <summary>
/// Waits until a client ends its connection after a download. A client that has read everything closes in order, after its system has
/// acknowledged everything. A client that dies earlier leaves bytes unacknowledged, or leaves bytes unread, and then its system sends a
/// reset (docs/delivery.md).
/// </summary>
/// <param name="connection">The client's connection. Its response says that it closes, because the waiter consumes its input.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class EndWaiter(ClientConnection connection, TimeProvider timeProvider)
{
    /// <summary>Waits until the client ends the connection, or until <paramref name="given"/> ends.</summary>
    /// <param name="given">Ends the wait.</param>
    /// <param name="onHandedOver">Called once when the client's system has acknowledged every byte, or when that cannot be known.</param>
    /// <param name="closesOurSide">
    /// Whether to close our side then, for clients that wait for it. TLS has its own way of closing.
    /// </param>
    /// <returns>What the end says of the bytes; <see cref="DeliveryVerdict.None"/> when there was no end.</returns>
    public async Task<DeliveryVerdict> WaitAsync(Task given, Action onHandedOver, bool closesOurSide)
    {
        var end = ReadToEndAsync(given);
        if (!end.IsCompleted)
        {
            // Most clients close at once. Some wait until we close our side instead; we do so when everything has arrived.
            using var samples = new WideningTimer(timeProvider);
            var isHandedOver = false;
            while (await Task.WhenAny(end, given, samples.NextAsync()) is var first && first != end && first != given)
            {
                var info = connection.TryReadInfo();
                if (!isHandedOver && connection.Hop is null or { IsHandedOver: true } && connection.HasTakenAll(info))
                {
                    isHandedOver = true;
                    onHandedOver();
                    if (closesOurSide && info is { AcknowledgedBytes: not null })
                    {
                        connection.CloseOurSide();
                    }
                }
            }

            connection.Input.CancelPendingRead();
        }

        return await end;
    }

    private async Task<DeliveryVerdict> ReadToEndAsync(Task given)
    {
        var input = connection.Input;
        try
        {
            while (!given.IsCompleted)
            {
                var read = await input.ReadAsync(CancellationToken.None);

                // What still comes is a hop's word, a goodbye of TLS, or a request that nobody will answer: the connection closes. A hop's
                // last word counts as its end, so that this side closes first: then the hop can use its port again.
                connection.Hop?.Hear(read.Buffer);
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || connection.Hop is { IsDone: true })
                {
                    return connection.JudgeOrderlyEnd();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return DeliveryVerdict.Lost;
        }

        return DeliveryVerdict.None;
    }
}
