// Topic "milestones" → here.
import AWSXRay from '@fluoroscope/sdk';

export async function handler(event) {
  return event.Records.map(({ Sns }) => congratulate(JSON.parse(Sns.Message)));
}

function congratulate({ page, visitor, hits }) {
  return AWSXRay.captureFunc('congratulate visitor', (subsegment) => {
    subsegment.addAnnotation('milestone', hits);
    return `${visitor} is visitor ${hits} of ${page}`;
  });
}
