using Beam.Observing;

namespace Beam.Server.Webhooks;

/// <summary>The events of one transfer that were not posted yet, in order. Guarded by the lock of <see cref="Webhook"/>.</summary>
/// <param name="transferId">The transfer.</param>
/// <param name="giveUp">Ends the attempts.</param>
internal sealed class WebhookLine(string transferId, CancellationTokenSource giveUp)
{
    public string TransferId => transferId;

    public CancellationTokenSource GiveUp => giveUp;

    /// <summary>Gets those that nobody is posting.</summary>
    public Queue<TransferEvent> Events { get; } = [];

    /// <summary>Gets or sets the task that ends when all were posted or given up.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>Gets or sets when the last attempt failed.</summary>
    public long FailedAt { get; set; }

    /// <summary>Gets or sets its place among those that fail; <see langword="null"/> when it does not.</summary>
    public LinkedListNode<WebhookLine>? Failing { get; set; }
}
