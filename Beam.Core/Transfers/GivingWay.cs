namespace Beam.Transfers;

/// <summary>
/// Has a log give back what it holds only for a receiver that might go back: a transfer that stands still releases nothing by itself.
/// </summary>
internal static class GivingWay
{
    public static void Sweep(Transfer transfer)
    {
        lock (transfer.Channel.Lock)
        {
            if (!transfer.IsFinished)
            {
                transfer.Content.Buffer?.Release(transfer.Receivers.Taken ?? 0);
            }
        }
    }
}
