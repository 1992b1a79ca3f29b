namespace Beam.AspNetCore.Delivery;

/// <summary>
/// Waits until a client's system has acknowledged what the server gave to its connection. The connection goes on. The waiter does not
/// touch the connection's input.
/// </summary>
/// <param name="connection">The client's connection.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class AcknowledgementWaiter(ClientConnection connection, TimeProvider timeProvider)
{
    /// <summary>
    /// Waits until the client's system has acknowledged everything up to a position, or until <paramref name="given"/> ends.
    /// </summary>
    /// <param name="position">A value that <see cref="ClientConnection.WrittenBytes"/> had.</param>
    /// <param name="given">Ends the wait.</param>
    /// <returns>
    /// <see langword="false"/> when the client's system has not acknowledged it, and will not; <see langword="true"/> also where our
    /// system does not tell.
    /// </returns>
    public Task<bool> WaitAsync(long position, Task given) => WaitAsync(() => position, isLost: static _ => false, given);

    /// <summary>Waits for a position that is not known yet.</summary>
    /// <param name="position">The position; <see langword="null"/> as long as there is none.</param>
    /// <param name="isLost">Whether there will never be a position, given whether the connection has ended.</param>
    /// <param name="given">Ends the wait.</param>
    /// <returns>
    /// <see langword="false"/> when the client's system has not acknowledged it, and will not; <see langword="true"/> also where our
    /// system does not tell.
    /// </returns>
    public async Task<bool> WaitAsync(Func<long?> position, Func<bool, bool> isLost, Task given)
    {
        using var samples = new WideningTimer(timeProvider);
        while (!given.IsCompleted)
        {
            // First whether the connection has ended: if it has, everything that came before the end is known below.
            var isClosed = connection.IsClosed;
            if (isLost(isClosed))
            {
                return false;
            }

            if (position() is { } target)
            {
                var info = connection.TryReadLastInfo();
                if (!connection.IsAcknowledgementKnown || info is { AcknowledgedBytes: null })
                {
                    return true;
                }

                var acknowledged = info?.AcknowledgedBytes ?? 0;
                if (acknowledged >= target || isClosed)
                {
                    return acknowledged >= target;
                }
            }

            await Task.WhenAny(given, samples.NextAsync());
        }

        return false;
    }
}
