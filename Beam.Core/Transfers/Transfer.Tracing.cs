using System.Diagnostics;
using Beam.Diagnostics;

namespace Beam.Transfers;

internal sealed partial class Transfer
{
    /// <summary>Begins the activity of a sender, to which those of receivers are linked: the two sides are requests of two clients, each with a trace of its own.</summary>
    public Activity? StartSending()
    {
        var activity = BeamActivities.Source.StartActivity("beam.send")?.SetTag("beam.transfer.id", Id);
        if (activity is not null)
        {
            lock (Channel.Lock)
            {
                Sender.Trace = activity.Context;
            }
        }

        return activity;
    }

    public Activity? StartReceiving()
    {
        var activity = BeamActivities.Source.StartActivity("beam.receive")?.SetTag("beam.transfer.id", Id);
        if (activity is not null)
        {
            ActivityContext sender;
            lock (Channel.Lock)
            {
                sender = Sender.Trace;
            }

            if (sender != default)
            {
                activity.AddLink(new ActivityLink(sender));
            }
        }

        return activity;
    }

    /// <summary>Notes how a side's part has gone.</summary>
    public static void EndActivity(Activity? activity, TransferError error, long bytes)
    {
        activity?.SetTag("beam.transfer.bytes", bytes);
        if (error != TransferError.None)
        {
            activity?.SetTag("error.type", error.ToTag()).SetStatus(ActivityStatusCode.Error);
        }
    }
}
