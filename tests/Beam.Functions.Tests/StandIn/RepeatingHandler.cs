namespace Beam.Functions.Tests.StandIn;

/// <summary>Sends a request again when the program did not answer it, as the host does: it may be starting.</summary>
internal sealed class RepeatingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int Attempts = 10;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(250);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var delay = FirstDelay;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException) when (attempt < Attempts && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(delay, TimeProvider.System, cancellationToken);
                delay = 2 * delay < LongestDelay ? 2 * delay : LongestDelay;
            }
        }
    }
}
