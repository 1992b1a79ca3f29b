using Beam.Client;

namespace Beam.Cli;

/// <summary>Tells the other side that this side was interrupted, so that nobody waits for it.</summary>
internal static class Farewell
{
    // A person who has pressed Ctrl+C does not want to wait either.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public static async Task TellAsync(BeamClient client, BeamLink link, TimeProvider clock)
    {
        if (link.Name is null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(Limit, clock);
        try
        {
            await client.CancelAsync(link, limit.Token);
        }
        catch (Exception exception) when (exception is BeamException or OperationCanceledException)
        {
            // The transfer is already over, or the server cannot be reached and finds out by itself.
        }
    }
}
