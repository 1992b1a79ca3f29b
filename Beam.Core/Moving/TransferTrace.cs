using System.Diagnostics;
using Beam.Diagnostics;

namespace Beam.Transfers;

/// <summary>
/// The activities of a transfer. The two sides are requests of two clients, each with a trace of
/// its own; receivers' traces link to the sender's.
/// </summary>
internal static class TransferTrace
{
    public static Activity? StartSending(Transfer transfer)
    {
        var activity = BeamActivities.Source.StartActivity("beam.send")?.SetTag("beam.transfer.id", transfer.Id);
        if (activity is not null)
        {
            lock (transfer.Channel.Lock)
            {
                transfer.Sender.Trace = activity.Context;
            }
        }

        return activity;
    }

    public static Activity? StartReceiving(Transfer transfer)
    {
        var activity = BeamActivities.Source.StartActivity("beam.receive")?.SetTag("beam.transfer.id", transfer.Id);
        if (activity is not null)
        {
            ActivityContext sender;
            lock (transfer.Channel.Lock)
            {
                sender = transfer.Sender.Trace;
            }

            if (sender != default)
            {
                activity.AddLink(new ActivityLink(sender));
            }
        }

        return activity;
    }

    /// <summary>Notes how a side's part has gone.</summary>
    public static void End(Activity? activity, TransferError error, long bytes)
    {
        activity?.SetTag("beam.transfer.bytes", bytes);
        if (error != TransferError.None)
        {
            activity?.SetTag("error.type", error.ToTag()).SetStatus(ActivityStatusCode.Error);
        }
    }
}
